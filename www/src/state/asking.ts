// Asks the model whenever network, target or model change, a frame after the last change. One question
// is under way at a time; of those that come meanwhile only the newest is asked, and an answer to
// an older one is dropped. A crash starts the model anew; what it crashed on is not asked again by itself.

import { effect, signal } from '@preact/signals';
import {
  GennapeError,
  type FileInfo,
  type FilePrediction,
  type Prediction,
  type Predictor,
} from 'gennape';

import { answer, isSlow, problem, toldOf } from './outcome';
import { readersProgress, restartAfterCrash, session } from './session';
import { forgetSize, inputSize, isSizeOpen } from './size';
import { input, isBlank } from './source';
import { AUTO, target } from './target';

/** About a frame: what is typed in one go is asked once. */
const PAUSE_MS = 20;

/** From here on one sees that an answer is still to come. */
const SLOW_MS = 150;

interface Question {
  predictor: Predictor;
  input: string | File;
  options: { target: string | undefined; inputSize: string | undefined };
}

interface Outcome {
  isCrash: boolean;
  /** What is to be done if the answer is still wanted. */
  publish: () => void;
}

/** What the model crashed on. */
const crashedOn = signal<Question | null>(null);

/** What the shown prediction answers, and what was asked last. */
let answered: Question | null = null;
let newest: Question | null = null;

/**
 * Tells of a crash in a question beside the prediction, such as for its changes, at once, and starts the
 * model anew. What was asked last may be the cause: it is not asked again by itself.
 */
export function failedBeside(predictor: Predictor, thrown: unknown): void {
  const error = GennapeError.from(thrown);
  if (error.kind !== 'crashed') return;
  const asked = newest ?? answered;
  if (asked?.predictor === predictor) {
    crashedOn.value = asked;
    problem.value = { input: asked.input, error };
  }
  restartAfterCrash(predictor);
}

/** Asks again about the network that the model crashed on. */
export function askOnceMore(): void {
  crashedOn.value = null;
}

/** Starts to answer; goes on for the page's life. */
export function keepAsking(): void {
  let isUnderWay = false;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let patience: ReturnType<typeof setTimeout> | undefined;

  function rest(): void {
    clearTimeout(patience);
    patience = undefined;
    isSlow.value = false;
  }

  async function askNewest(): Promise<void> {
    if (isUnderWay || newest === null) return;
    isUnderWay = true;
    const question = newest;
    const { isCrash, publish } = await outcomeOf(question);
    isUnderWay = false;
    const isWanted = newest === question;
    if (isCrash) {
      if (isWanted) crashedOn.value = question;
      restartAfterCrash(question.predictor);
    }
    if (!isWanted) return void askNewest();
    rest();
    publish();
  }

  effect(() => {
    const { value: now } = session;
    clearTimeout(pause);
    newest = null;
    if (isBlank.value) problem.value = null;
    if (isBlank.value || now.phase !== 'ready') return rest();
    const options = {
      target: target.value === AUTO ? undefined : target.value,
      inputSize: inputSize.value === '' ? undefined : inputSize.value,
    };
    newest = { predictor: now.predictor, input: input.value, options };
    if (isSame(newest, crashedOn.value)) {
      newest = null;
      return rest();
    }
    pause = setTimeout(() => void askNewest(), PAUSE_MS);
    patience ??= setTimeout(() => {
      isSlow.value = true;
    }, SLOW_MS);
  });
}

async function outcomeOf(question: Question): Promise<Outcome> {
  try {
    const prediction = await ask(question);
    const publish = () => {
      answered = question;
      answer.value = prediction;
      problem.value = null;
      noteFile(question, 'file' in prediction ? prediction.file : undefined);
      noteSize(question, prediction);
    };
    return { isCrash: false, publish };
  } catch (thrown) {
    const error = GennapeError.from(thrown);
    const publish = () => {
      problem.value = { input: question.input, error };
      noteFile(question, error.file);
    };
    return { isCrash: error.kind === 'crashed', publish };
  } finally {
    readersProgress.value = null;
  }
}

/** Whether two questions are the same but for the predictor that is asked. */
function isSame(asked: Question, other: Question | null): boolean {
  return (
    other !== null &&
    asked.input === other.input &&
    asked.options.target === other.options.target &&
    asked.options.inputSize === other.options.inputSize
  );
}

function ask({ predictor, input, options }: Question): Promise<Prediction | FilePrediction> {
  return typeof input === 'string'
    ? predictor.predict(input, options)
    : predictor.predictFile(input, options);
}

/** Keeps what was told of a file, also where no network could be made of it. */
function noteFile({ input }: Question, info: FileInfo | undefined): void {
  if (typeof input === 'string' || info === undefined) return;
  toldOf.value = { file: input, info };
  if (info.open_size) isSizeOpen.value = true;
}

/**
 * Shows or hides the field for the image's size, by what the reader says of a text. Once a size is
 * said, it says nothing more of it.
 */
function noteSize({ input, options }: Question, { family, notes }: Prediction): void {
  if (notes.some(({ kind }) => kind === 'image-size')) isSizeOpen.value = true;
  else if (typeof input === 'string' && (options.inputSize === undefined || family !== null)) {
    forgetSize();
  }
}
