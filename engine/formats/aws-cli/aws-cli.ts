/** What the command line of AWS prints of configurations. docs/formats/aws-cli.md */
import type { Format } from '../format.ts';
import { asTextFile } from '../framing/text-file.ts';
import { AwsCliReader } from './reader.ts';
import { recogniseAwsCli } from './recognise.ts';

export const awsCli: Format = asTextFile({
  id: 'aws-cli',
  title: 'AWS configuration as the command line prints it (JSON)',
  version: 1,
  framing: 'spans',
  streams: ['ecr'],
  recognise: recogniseAwsCli,
  open: (sink, context) => new AwsCliReader(sink, context),
});
