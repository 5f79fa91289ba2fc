/** Configuration items of AWS Config: snapshots, histories, messages, answers of calls. docs/formats/aws-config.md */
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { recogniseAwsConfig } from './recognise.ts';
import { AwsConfigReader } from './reader.ts';

export const awsConfig: Format = asTextFile({
  id: 'aws-config',
  title: 'AWS Config (snapshots, histories, messages)',
  version: 1,
  framing: 'spans',
  streams: [],
  recognise: recogniseAwsConfig,
  open: (sink, context) => new AwsConfigReader(sink, context),
});
