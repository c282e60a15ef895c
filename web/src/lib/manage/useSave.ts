import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Problem } from '../problem';

/** A change by the office. Whatever it touches is read again, also after a refusal: somebody may have been faster. */
export function useSave<Input, Result>(save: (input: Input) => Promise<Result>, outdated: string[]) {
  const client = useQueryClient();
  return useMutation<Result, Problem, Input>({
    mutationFn: save,
    onSettled: () =>
      Promise.all([...outdated, 'availability'].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
