/** One entry of `models.json`: what a vendor publishes of a model. */
export interface ModelFigures {
  readonly vendor: string;
  readonly model: string;
  readonly die?: string;
  readonly fp32TFLOPS: number;
  readonly bandwidthGBps: number;
  /** Absent for unified memory. */
  readonly memoryGB?: number;
  readonly source?: string;
}
