// Pictures that lie on somebody's web server: the server fetches them, and keeps them with the message.
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, type Schemas, unwrap } from './client';
import { keys } from './queries';

const NONE: Schemas['Pictures']['rows'] = [];

const picturesQuery = (message: string) =>
  queryOptions({
    queryKey: keys.pictures(message),
    queryFn: ({ signal }) =>
      unwrap(client.GET('/messages/{id}/pictures', { signal, params: { path: { id: message } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Those that were loaded, and how to load the others; `any`: whether the message has some at all. */
export function useRemotePictures(message: string, any: boolean) {
  const queries = useQueryClient();
  const { data, isFetched } = useQuery({ ...picturesQuery(message), enabled: any });
  const load = useMutation({
    mutationFn: () =>
      unwrap(client.POST('/messages/{id}/pictures', { params: { path: { id: message } } })),
    onSuccess: (pictures) => queries.setQueryData(keys.pictures(message), pictures),
  });
  return { rows: data?.rows ?? NONE, left: data?.left, known: isFetched, load };
}
