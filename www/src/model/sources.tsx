import { SOURCES } from './source-list';

/** Where the labels come from. */
export function Sources() {
  return (
    <section class="card" aria-labelledby="sources-title">
      <h2 id="sources-title">Where the labels come from</h2>
      <p class="card-lead">
        From public benchmarks, measured by their authors. Each has its own way of choosing networks, and
        what it chose is what the model knows.
      </p>
      <dl class="source-list">
        {SOURCES.map(({ title, networks, bias, licence }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{networks}</dd>
            <dd>{bias}</dd>
            <dd class="source-licence">{licence}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
