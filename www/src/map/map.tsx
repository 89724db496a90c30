import { useEffect } from 'preact/hooks';

import './map.css';
import { Chosen } from './chosen';
import { Legend } from './legend';
import { Nearest } from './nearest';
import { Plane } from './plane';
import { failure, fetchPoints } from './state';
import { Tools } from './tools';

/** The map of all families, with the network in question among them. */
export function Map() {
  useEffect(() => void fetchPoints(), []);
  return (
    <div class="map">
      <div class="map-plane">
        <h1>Where it stands</h1>
        <p class="lead">
          Each point is a random network of one of the families. Near each other lie those that the model
          sees alike; the ring is the network in Predict.
        </p>
        <Tools />
        {failure.value === null ? (
          <Plane />
        ) : (
          <p class="map-box map-failure" role="alert">
            The points can’t be fetched ({failure.value}); check the connection.{' '}
            <button type="button" class="text-button" onClick={fetchPoints}>
              Try again
            </button>
          </p>
        )}
      </div>
      <div class="map-side">
        <Legend />
        <Chosen />
        <Nearest />
      </div>
    </div>
  );
}
