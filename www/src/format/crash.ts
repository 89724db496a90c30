// What a crash is on the page.

/**
 * What happened (the message up to its advice, which is for programs) and what the page did about it.
 */
export function crashSentence(message: string): string {
  const [happened] = message.split(/; create a new/);
  return `${happened}. The model was started anew, and what you entered is still here; please report it`;
}
