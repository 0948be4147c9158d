import { useQuery } from '@tanstack/react-query';
import { useViewer } from 'ui/viewer.tsx';
import { nodesQuery } from '../../queries.ts';

// Names of nodes for those who may see the tree; others see none.
export function useNodeName(): (id: string | null | undefined) => string {
  const { permissions } = useViewer();
  const { data } = useQuery({ ...nodesQuery, enabled: permissions.has('org.read') });
  return (id) => data?.items.find((node) => node.id === id)?.name ?? '';
}
