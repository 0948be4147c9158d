import { useQuery } from '@tanstack/react-query';
import { useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';
import { useMe } from '../../session.ts';

// Names of nodes: of the whole tree for those who may see it, else of one's own scope.
export function useNodeName(): (id: string | null | undefined) => string {
  const { permissions } = useViewer();
  const { scope } = useMe();
  const { data } = useQuery({ ...nodesQuery, enabled: permissions.has('org.read') });
  return (id) => (data?.items ?? scope.nodes).find((node) => node.id === id)?.name ?? '';
}
