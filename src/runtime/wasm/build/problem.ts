/** What ends a build: told in the reader's language where it is shown. */
import type { MessageKey, Told } from '../../../messages/index.ts';
import type { ImageYamlError } from './image-fields.ts';

/** A build that cannot be. */
export class BuildProblem extends Error {
  override name = 'BuildProblem';
  readonly told: Told<MessageKey>;
  /** What a compiler has said, as it has said it. */
  readonly diagnostics: string;

  constructor(told: Told<MessageKey>, diagnostics = '') {
    super(told.key);
    this.told = told;
    this.diagnostics = diagnostics;
  }
}

/** Mistakes in an image.yaml, each with its place. */
export class ImageYamlProblem extends Error {
  override name = 'ImageYamlProblem';
  readonly errors: readonly ImageYamlError[];

  constructor(errors: readonly ImageYamlError[]) {
    super(errors.map(({ path }) => path).join(', '));
    this.errors = errors;
  }
}
