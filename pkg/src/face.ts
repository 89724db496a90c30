// What the package exports beside createPredictor, the same in a browser and in Node.

export { GennapeError } from './errors.js';
export type { ErrorFields, ErrorKind } from './errors.js';
export type {
  AdaptedPoint,
  AdaptOptions,
  AdaptProgress,
  Adaptation,
  Figures,
} from './adaptation.js';
export type {
  Change,
  ChangeOptions,
  Changes,
  Group,
  InspectFileOptions,
  InspectOptions,
  Inspection,
  Layer,
} from './inspection.js';
export type {
  FamilyInfo,
  FileInfo,
  FileOptions,
  FilePrediction,
  LineAnswer,
  LineFailure,
  LinePrediction,
  LinesOptions,
  ListLine,
  ModelInfo,
  Note,
  PredictOptions,
  Prediction,
  TargetInfo,
} from './prediction.js';
export type { CreateOptions, FileSource, Predictor, Progress, Source } from './predictor.js';
