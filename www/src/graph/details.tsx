import { attributesOf, costAttributes } from '../format/layer';
import { drawnOutline } from './drawn';
import { described, labelOf } from './state';

/** The attributes of the layer or group that is pointed at, focused or chosen. */
export function Details() {
  const { value: outline } = drawnOutline;
  const { value: item } = described;
  const isThere = outline !== null && item !== null && item < outline.parents.length;
  if (!isThere) {
    return <p class="graph-details is-empty">Point at a box to read it; a click chooses it.</p>;
  }
  const layer = outline.inspection.layers[item];
  const { graph_macs: all } = outline.inspection;
  const attributes =
    layer === undefined
      ? costAttributes(outline.params[item]!, outline.macs[item]!, outline.macs[item]! / (all || 1))
      : attributesOf(layer);
  return (
    <div class="graph-details" data-testid="details">
      <p class="graph-details-name">{layer?.name ?? labelOf(outline, item)}</p>
      <dl>
        {attributes.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
