// Asks the model whenever text, target or model change, a frame after the last change. One question
// is under way at a time; of those that come meanwhile only the newest is asked, and an answer to
// an older one is dropped.

import { effect } from '@preact/signals';
import { GennapeError, type Predictor } from 'gennape';

import { answer, problem } from './outcome';
import { session } from './session';
import { isBlank, text } from './source';
import { AUTO, target } from './target';

/** About a frame: what is typed in one go is asked once. */
const PAUSE_MS = 20;

interface Question {
  predictor: Predictor;
  text: string;
  target: string;
}

/** Starts to answer; goes on for the page's life. */
export function keepAsking(): void {
  let newest: Question | null = null;
  let isUnderWay = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function askNewest(): Promise<void> {
    if (isUnderWay || newest === null) return;
    isUnderWay = true;
    const question = newest;
    const publish = await outcomeOf(question);
    isUnderWay = false;
    if (newest === question) publish();
    else void askNewest();
  }

  effect(() => {
    const { value: now } = session;
    clearTimeout(timer);
    newest = null;
    if (isBlank.value) problem.value = null;
    else if (now.phase === 'ready') {
      newest = { predictor: now.predictor, text: text.value, target: target.value };
      timer = setTimeout(() => void askNewest(), PAUSE_MS);
    }
  });
}

/** Asks, and gives what is to be done if the answer is still wanted. */
async function outcomeOf({ predictor, text, target }: Question): Promise<() => void> {
  try {
    const prediction = await predictor.predict(text, target === AUTO ? {} : { target });
    return () => {
      answer.value = prediction;
      problem.value = null;
    };
  } catch (thrown) {
    const error = GennapeError.from(thrown);
    return () => {
      problem.value = { text, error };
    };
  }
}
