import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiProblem, api, body, IdempotencyKeys, NetworkProblem, setApiLanguage, setSignedOutHandler } from './client.ts';

const fetched = vi.fn<(request: Request) => Promise<Response>>();
const reply = (status: number, value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { 'Content-Type': 'application/json', ...headers } });

beforeEach(() => {
  vi.stubGlobal('fetch', fetched);
  setApiLanguage('en-US');
});
afterEach(() => fetched.mockReset());

const sent = (): Request => {
  const [request] = fetched.mock.calls.at(-1) ?? [];
  if (!request) throw new Error('nothing was sent');
  return request;
};

describe('requests', () => {
  test('a change carries our header and a key, a question neither', async () => {
    fetched.mockImplementation(() => Promise.resolve(reply(200, {})));
    await body(api.POST('/api/v1/customers/search', { body: { text: '13800138000' } }));
    expect(sent().headers.get('X-Requested-By')).toBe('tilth');
    expect(sent().headers.get('Idempotency-Key')).toMatch(/^[0-9a-f]{32}$/);
    expect(sent().url).not.toContain('13800138000');
    await body(api.GET('/api/v1/me'));
    expect(sent().headers.get('X-Requested-By')).toBeNull();
    expect(sent().headers.get('Accept-Language')).toBe('en-US');
  });
});

describe('refusals', () => {
  test('problem+json becomes an ApiProblem with its fields', async () => {
    fetched.mockResolvedValue(reply(422, {
      title: '内容无效', code: 'invalid', incident: 'req_1', errors: [{ field: 'code', rule: 'taken', reason: '编码已被使用', remedy: '换一个' }],
    }, { 'Content-Type': 'application/problem+json', 'Retry-After': '7' }));
    const problem = await body(api.GET('/api/v1/me')).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ status: 422, code: 'invalid', incident: 'req_1', retryAfter: 7 });
    expect((problem as ApiProblem).field('code')?.remedy).toBe('换一个');
  });
  test('a dead line is a NetworkProblem', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    await expect(body(api.GET('/api/v1/me'))).rejects.toBeInstanceOf(NetworkProblem);
  });
  test('a lost session is told, a wrong password is not a lost session', async () => {
    const lost = vi.fn();
    setSignedOutHandler(lost);
    const refusal = (path: string) => {
      const answer = reply(401, { title: '', code: 'unauthenticated', errors: [], incident: '' });
      Object.defineProperty(answer, 'url', { value: `http://127.0.0.1:8686${path}` });
      return answer;
    };
    fetched.mockResolvedValue(refusal('/api/v1/session'));
    await expect(body(api.POST('/api/v1/session', { body: { login: 'a', password: 'b' } }))).rejects.toBeInstanceOf(ApiProblem);
    expect(lost).not.toHaveBeenCalled();
    fetched.mockResolvedValue(refusal('/api/v1/jobs'));
    await expect(body(api.GET('/api/v1/jobs'))).rejects.toBeInstanceOf(ApiProblem);
    expect(lost).toHaveBeenCalledOnce();
  });
});

test('a key lives as long as its payload', () => {
  const keys = new IdempotencyKeys();
  const first = keys.for({ a: 1 });
  expect(keys.for({ a: 1 })).toBe(first);
  const second = keys.for({ a: 2 });
  expect(second).not.toBe(first);
  keys.succeeded();
  expect(keys.for({ a: 2 })).not.toBe(second);
});
