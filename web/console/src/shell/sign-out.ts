import { useQueryClient } from '@tanstack/react-query';
import { api, body } from 'api/client.ts';
import { useNavigate } from 'react-router';

// Rejects when the server could not be told: the session is then still open.
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  const navigate = useNavigate();
  return async () => {
    await body(api.DELETE('/api/v1/session'));
    client.clear();
    await navigate('/sign-in');
  };
}
