import type { Instructor, LessonType } from '../../../lib/queries';

type Active = { active: boolean };
export type Step = 'type' | 'instructor' | 'hours' | 'vehicle' | 'learner';

type School = {
  types: Pick<LessonType, 'active' | 'needs_vehicle'>[];
  instructors: Pick<Instructor, 'id' | 'active'>[];
  /** Those who have hours in any week. */
  working: string[];
  vehicles: Active[];
  learners: Active[];
};

const some = (list: Active[]) => list.some((each) => each.active);

/** What a school must have before anybody can be booked, in the order in which it is made. */
export function stepsOf({ types, instructors, working, vehicles, learners }: School) {
  const needsVehicle = types.some((type) => type.active && type.needs_vehicle);
  const steps: { step: Step; isDone: boolean }[] = [
    { step: 'type', isDone: some(types) },
    { step: 'instructor', isDone: some(instructors) },
    { step: 'hours', isDone: instructors.some(({ id, active }) => active && working.includes(id)) },
    ...(needsVehicle ? [{ step: 'vehicle' as const, isDone: some(vehicles) }] : []),
    { step: 'learner', isDone: some(learners) },
  ];
  return steps;
}
