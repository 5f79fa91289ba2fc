/** Our words for the resource types of AWS, `AWS::EC2::SecurityGroup`. */

/** Those whose word is not made of the last part: the service is left out where it says nothing new. */
const words: Readonly<Record<string, string>> = {
  'EC2::SecurityGroup': 'security_group',
  'EC2::SecurityGroupRule': 'security_group_rule',
  'EC2::NetworkAcl': 'network_acl',
  'EC2::NetworkACL': 'network_acl',
  'EC2::VPC': 'vpc',
  'EC2::Subnet': 'subnet',
  'EC2::FlowLog': 'flow_log',
  'EC2::Instance': 'instance',
  'EC2::Volume': 'volume',
  'EC2::Snapshot': 'snapshot',
  'EC2::AMI': 'image',
  'EC2::Image': 'image',
  'EC2::NetworkInterface': 'network_interface',
  'EC2::RouteTable': 'route_table',
  'EC2::InternetGateway': 'internet_gateway',
  'EC2::NatGateway': 'nat_gateway',
  'EC2::VPCEndpoint': 'vpc_endpoint',
  'EC2::VPCPeeringConnection': 'vpc_peering',
  'EC2::EIP': 'elastic_ip',
  'EC2::LaunchTemplate': 'launch_template',
  'EC2::PrefixList': 'prefix_list',
  'ElasticLoadBalancingV2::LoadBalancer': 'load_balancer',
  'ElasticLoadBalancingV2::Listener': 'listener',
  'ElasticLoadBalancingV2::TargetGroup': 'target_group',
  'ElasticLoadBalancing::LoadBalancer': 'classic_load_balancer',
  'ELBV2::ApplicationLoadBalancer': 'load_balancer',
  'CloudTrail::Trail': 'trail',
  CloudTrail: 'trail',
  'CloudTrail::Meta': 'trail_summary',
  'CloudWatch::Alarm': 'alarm',
  'CloudWatch::LogGroup': 'log_group',
  'Logs::LogGroup': 'log_group',
  'Logs::MetricFilter': 'metric_filter',
  'Config::Recorder': 'config_recorder',
  'Config::ConfigurationRecorder': 'config_recorder',
  'DynamoDB::Table': 'dynamodb_table',
  'KMS::Key': 'kms_key',
  'KMS::Alias': 'kms_alias',
  'S3::Bucket': 's3_bucket',
  'S3::AccountPublicAccessBlock': 's3_account_public_access_block',
  'IAM::User': 'iam_user',
  'IAM::RootUser': 'iam_user',
  'IAM::Role': 'iam_role',
  'IAM::Group': 'iam_group',
  'IAM::Policy': 'iam_policy',
  PasswordPolicy: 'password_policy',
  'RDS::DBInstance': 'db_instance',
  'RDS::Instance': 'db_instance',
  'RDS::DBCluster': 'db_cluster',
  'RDS::DBSnapshot': 'db_snapshot',
  'ECR::Repository': 'ecr_repository',
  'SecretsManager::Secret': 'secret',
  'SSM::ManagedInstanceInventory': 'managed_instance_inventory',
  'Lambda::Function': 'lambda_function',
  'ACM::Certificate': 'certificate',
  'SNS::Topic': 'sns_topic',
  'SQS::Queue': 'sqs_queue',
  'EFS::FileSystem': 'file_system',
  'Backup::BackupVault': 'backup_vault',
  'Backup::BackupPlan': 'backup_plan',
  'Backup::RecoveryPoint': 'recovery_point',
};

const TYPE = /^AWS((?:::|\.)[A-Za-z0-9]{1,60}){1,3}$/;

/**
 * The word for a type as AWS Config writes it (`AWS::EC2::SecurityGroup`) or Panther (`AWS.EC2.SecurityGroup`). Types that
 * have none are written in our way: `guardduty_detector`. `undefined` for what is no type of AWS.
 */
export function typeWord(type: unknown): string | undefined {
  if (typeof type !== 'string' || !TYPE.test(type)) return undefined;
  const name = type.slice(3).replaceAll('.', '::').slice(2);
  if (Object.hasOwn(words, name)) return words[name];
  return name.split('::').map(snake).join('_');
}

function snake(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
