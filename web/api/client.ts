// The one door to the server: JSON over /api/v1 with the session cookie. A refusal becomes an ApiProblem, a dead line a
// NetworkProblem; nothing else is thrown.
import createClient from 'openapi-fetch';
import type { ImportItem, paths, Problem, ProblemField } from './contract.ts';

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: ProblemField[];
  readonly incident: string;
  readonly retryAfter: number | undefined;

  constructor(status: number, body: Partial<Problem>, retryAfter?: number) {
    super(body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.title = body.title ?? '';
    this.detail = body.detail ?? '';
    this.errors = body.errors ?? [];
    this.incident = body.incident ?? '';
    this.retryAfter = retryAfter;
  }

  field(name: string): ProblemField | undefined {
    return this.errors.find((one) => one.field === name);
  }
}

export class NetworkProblem extends Error {}

let language = 'zh-CN';
let onSignedOut: () => void = () => undefined;

export function setApiLanguage(value: string): void {
  language = value;
}

// Called when the server no longer knows the session, whichever request found out.
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

// Plain HTTP on an intranet has no crypto.randomUUID; getRandomValues is always there.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// One key per distinct payload until it succeeds, so that a repeated press or a retry after a dead line takes effect
// once. Keep one of these per form.
export class IdempotencyKeys {
  private key = newKey();
  private payload = '';

  for(payload: unknown): string {
    const text = JSON.stringify(payload) ?? '';
    if (text !== this.payload) {
      this.payload = text;
      this.key = newKey();
    }
    return this.key;
  }

  succeeded(): void {
    this.payload = '';
    this.key = newKey();
  }
}

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: (request: Request) => globalThis.fetch(request),
});

api.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', language);
    if (request.method !== 'GET') {
      request.headers.set('X-Requested-By', 'tilth');
      if (!request.headers.has('Idempotency-Key')) request.headers.set('Idempotency-Key', newKey());
    }
    return request;
  },
});

function problemOf(response: Response, body: unknown): ApiProblem {
  const seconds = Number(response.headers.get('Retry-After') ?? '');
  const known = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {};
  return new ApiProblem(response.status, known, seconds > 0 ? seconds : undefined);
}

interface Answer<T> { data?: T; error?: unknown; response: Response }

// The reply's body, or a thrown ApiProblem. 401 outside the sign-in page ends the session in the page too.
export async function body<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new NetworkProblem('network');
  }
  if (answer.response.ok) return answer.data as T;
  if (answer.response.status === 401 && !answer.response.url.endsWith('/session')) onSignedOut();
  throw problemOf(answer.response, answer.error);
}

// A file of the server's, with how much of it has come; `of` is known when it comes uncompressed.
export async function fetchFile(path: string, onProgress: (bytes: number, of: number | undefined) => void, signal: AbortSignal): Promise<Blob> {
  let response: Response;
  try {
    response = await globalThis.fetch(path, { credentials: 'same-origin', headers: { 'Accept-Language': language }, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new NetworkProblem('network');
  }
  if (!response.ok || !response.body) {
    if (response.status === 401) onSignedOut();
    throw problemOf(response, await response.json().catch(() => ({})));
  }
  const length = response.headers.get('Content-Encoding') ? 0 : Number(response.headers.get('Content-Length') ?? '');
  const reader = response.body.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    parts.push(next.value);
    bytes += next.value.length;
    onProgress(bytes, length > 0 ? length : undefined);
  }
  return new Blob(parts, { type: response.headers.get('Content-Type') ?? 'application/octet-stream' });
}

// fetch() cannot tell how much of a body has left; XMLHttpRequest can.
// `path` is of the collection: imports, or the parts of one.
export function uploadImport(file: File, onProgress: (fraction: number) => void, path = '/api/v1/imports'): Promise<ImportItem> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `${path}${path.includes('?') ? '&' : '?'}name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-Requested-By', 'tilth');
    request.setRequestHeader('Accept-Language', language);
    request.setRequestHeader('Idempotency-Key', newKey());
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener('error', () => reject(new NetworkProblem('network')));
    request.addEventListener('load', () => {
      let reply: unknown;
      try {
        reply = JSON.parse(request.responseText);
      } catch {
        reply = {};
      }
      if (request.status >= 200 && request.status < 300) resolve(reply as ImportItem);
      else reject(new ApiProblem(request.status, reply as Partial<Problem>));
    });
    request.send(file);
  });
}
