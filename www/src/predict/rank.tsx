import { rankSentence } from '../format/rank';
import { familyTitle } from '../format/targets';
import { answer, isForeign, shownTarget } from '../state/outcome';
import { modelInfo } from '../state/session';

/** Where the prediction stands among the networks that its target was learned from. */
export function Rank() {
  const { rank = null } = answer.value ?? {};
  const { value: target } = shownTarget;
  if (rank === null || target === null) return <p class="rank" />;
  const family = familyTitle(modelInfo.value, target.family);
  return (
    <p class="rank" data-rank={rank}>
      {rankSentence(rank, family, isForeign.value)}
    </p>
  );
}
