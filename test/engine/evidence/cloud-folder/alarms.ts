/** Filters on logs and the alarms that watch what they count; flow logs; trails. */
import { ACCOUNT, pretty, REGION, shuffled, type Planting, type Random } from './cloud-folder.ts';

export function alarmFiles(random: Random): Planting {
  const names = Array.from({ length: 20 }, (_, at) => `filter-${at}`);
  const filters = names.map((filterName) => ({
    filterName,
    filterPattern: '{ $.errorCode = "AccessDenied" }',
    metricTransformations: [{ metricName: `m-${filterName}`, metricNamespace: 'Security', metricValue: '1' }],
    creationTime: 1704067200000,
    logGroupName: 'cloudtrail',
  }));
  const alarms = names
    .filter((name) => name !== 'filter-3')
    .map((name) => ({
      AlarmName: `a-${name}`,
      AlarmArn: `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:a-${name}`,
      ActionsEnabled: true,
      AlarmActions: name === 'filter-7' ? [] : [`arn:aws:sns:${REGION}:${ACCOUNT}:security`],
      // One is an alarm on an expression.
      ...(name === 'filter-9'
        ? {
            Metrics: [
              {
                Id: 'm1',
                MetricStat: { Metric: { Namespace: 'Security', MetricName: `m-${name}` }, Period: 300, Stat: 'Sum' },
              },
            ],
          }
        : { MetricName: `m-${name}`, Namespace: 'Security' }),
      StateValue: 'OK',
      ComparisonOperator: 'GreaterThanThreshold',
    }));
  const flows = Array.from({ length: 15 }, (_, at) => ({
    CreationTime: '2024-01-01T00:00:00.000Z',
    DeliverLogsStatus: at === 4 ? 'FAILED' : 'SUCCESS',
    FlowLogId: `fl-${at}`,
    FlowLogStatus: 'ACTIVE',
    LogGroupName: 'flows',
    ResourceId: `vpc-${at}`,
    TrafficType: at === 2 ? 'ACCEPT' : 'ALL',
    LogDestinationType: 'cloud-watch-logs',
    Tags: [],
  }));
  const trails = Array.from({ length: 5 }, (_, at) => ({
    Name: `trail-${at}`,
    S3BucketName: 'logs-0',
    IncludeGlobalServiceEvents: true,
    IsMultiRegionTrail: true,
    HomeRegion: REGION,
    TrailARN: `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/trail-${at}`,
    LogFileValidationEnabled: at !== 1,
    HasCustomEventSelectors: true,
    IsOrganizationTrail: false,
  }));
  const statuses = trails.map(({ Name }, at) => [
    `cloudtrail/get-trail-status/${Name}.json`,
    pretty({
      IsLogging: at !== 3,
      LatestDeliveryTime: `2026-03-31T17:55:0${at}+00:00`,
      StartLoggingTime: '2024-01-01T00:00:00+00:00',
    }),
  ]);
  return {
    files: {
      ...(Object.fromEntries(statuses) as Record<string, string>),
      'eu-central-1/logs-describe-metric-filters.json': pretty({ metricFilters: shuffled(filters, random) }),
      'eu-central-1/cloudwatch-describe-alarms.json': pretty({
        MetricAlarms: shuffled(alarms, random),
        CompositeAlarms: [],
      }),
      'eu-central-1/ec2-describe-flow-logs.json': pretty({ FlowLogs: shuffled(flows, random) }),
      'eu-central-1/cloudtrail-describe-trails.json': pretty({ trailList: shuffled(trails, random) }),
    },
    resources: 20 + 19 + 15 + 5,
    planted: {
      silentFilters: ['filter-3', 'filter-7'],
      badFlowLogs: ['fl-2', 'fl-4'],
      badTrails: ['trail-1', 'trail-3'],
    },
  };
}
