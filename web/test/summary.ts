import type { Reporter, TestModule } from 'vitest/node';

/** The last line of the run, the same in every suite of the project. */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const count = (state: string) => states.filter((each) => each === state).length;
    console.log(`${count('passed')} passed, ${count('failed') + broken + errors.length} failed`);
  }
}
