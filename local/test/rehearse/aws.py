"""Starts moto, which stands for AWS, on a free port of this machine.

moto's CloudFormation makes most resources of kasir's templates. This file teaches it the types that it lacks, and
replaces those that it makes wrongly. Each calls moto's own API, which checks the properties. After a stack is made, its
resources with all references resolved are written to <folder>/<stack>.json.

usage: aws.py <folder>. It prints moto's address, and ends at the end of its standard input.
"""

import json
import logging
import os
import sys
import warnings

os.environ.update(AWS_ACCESS_KEY_ID="rehearse", AWS_SECRET_ACCESS_KEY="rehearse", AWS_EC2_METADATA_DISABLED="true")
os.environ.pop("AWS_PROFILE", None)

import boto3  # noqa: E402
from moto.awslambda import models as functions  # noqa: E402
from moto.cloudformation import models, parsing, responses  # noqa: E402
from moto.core.common_models import CloudFormationModel  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

SERVER, FOLDER = ThreadedMotoServer("127.0.0.1", 0, verbose=False), sys.argv[1]


def address():
    return "http://%s:%d" % SERVER.get_host_and_port()


# Types that moto cannot make. No function of kasir depends on them.
NOT_MADE = {
    "AWS::CDK::Metadata": "the CDK's statistics",
    "AWS::CloudWatch::CompositeAlarm": "moto has no PutCompositeAlarm",
}


def makes(kind, service):
    """Registers a generator for a type. It makes the resource, yields its Ref and its attributes, and deletes it when
    it is resumed. It gets a client of the service, the properties, and the name that CloudFormation would generate."""

    def register(make):
        def create(cls, name, resource, account, region, **kwargs):
            made = cls()
            properties = {k: v for k, v in resource["Properties"].items() if k not in ("Tags", "UserPoolTags")}
            client = boto3.client(service, region_name=region, endpoint_url=address())
            made.steps = make(client, properties, name)
            made.physical_resource_id, made.attributes = next(made.steps)
            return made

        type(kind, (CloudFormationModel,), {
            "cloudformation_type": staticmethod(lambda: kind),
            "cloudformation_name_type": staticmethod(lambda: ""),
            "has_cfn_attr": classmethod(lambda cls, attribute: True),
            "create_from_cloudformation_json": classmethod(create),
            "get_cfn_attribute": lambda self, attribute: self.attributes[attribute],
            "delete": lambda self, account, region: next(self.steps, None),
        })
        return make

    return register


@makes("AWS::SecretsManager::Secret", "secretsmanager")
def secret(manager, p, name):
    arn = manager.create_secret(**p)["ARN"]
    yield arn, {"Id": arn}
    manager.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


@makes("AWS::Logs::LogGroup", "logs")
def log_group(logs, p, name):
    name, days = p.pop("LogGroupName", name), p.pop("RetentionInDays", None)
    logs.create_log_group(logGroupName=name)
    if days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    arn = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]["arn"]
    yield name, {"Arn": arn.removesuffix(":*") + ":*"}
    logs.delete_log_group(logGroupName=name)


@makes("AWS::Events::EventBus", "events")
def bus(events, p, name):
    arn = events.create_event_bus(**p)["EventBusArn"]
    yield p["Name"], {"Arn": arn, "Name": p["Name"]}
    events.delete_event_bus(Name=p["Name"])


@makes("AWS::Events::Archive", "events")
def archive(events, p, name):
    source, pattern = p.pop("SourceArn"), json.dumps(p.pop("EventPattern"))
    arn = events.create_archive(EventSourceArn=source, EventPattern=pattern, **p)["ArchiveArn"]
    yield p["ArchiveName"], {"Arn": arn, "ArchiveName": p["ArchiveName"]}
    events.delete_archive(ArchiveName=p["ArchiveName"])


@makes("AWS::Events::Rule", "events")
def rule(events, p, name):
    targets, bus = p.pop("Targets", []), p.pop("EventBusName", "default")
    of = {"EventBusName": bus}
    p["EventPattern"] = json.dumps(p["EventPattern"])
    arn = events.put_rule(Name=name, **of, **p)["RuleArn"]
    events.put_targets(Rule=name, Targets=targets, **of)
    if bus == "default":
        yield name, {"Arn": arn}
    else:  # moto leaves the bus out
        yield f"{bus}|{name}", {"Arn": arn.rsplit("rule/", 1)[0] + f"rule/{bus}/{name}"}
    events.remove_targets(Rule=name, Ids=[t["Id"] for t in targets], **of)
    events.delete_rule(Name=name, **of)


@makes("AWS::IAM::Policy", "iam")
def policy(iam, p, name):
    for role in p["Roles"]:
        iam.put_role_policy(RoleName=role, PolicyName=p["PolicyName"], PolicyDocument=json.dumps(p["PolicyDocument"]))
    yield p["PolicyName"], {}
    for role in p["Roles"]:
        iam.delete_role_policy(RoleName=role, PolicyName=p["PolicyName"])


@makes("AWS::SQS::QueuePolicy", "sqs")
def queue_policy(sqs, p, name):
    for queue in p["Queues"]:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(p["PolicyDocument"])})
    yield name, {}


@makes("AWS::S3::BucketPolicy", "s3")
def bucket_policy(s3, p, name):
    s3.put_bucket_policy(Bucket=p["Bucket"], Policy=json.dumps(p["PolicyDocument"]))
    s3.delete_bucket_policy(Bucket=p["Bucket"])  # moto ignores its conditions, and would deny everything
    yield name, {}


@makes("AWS::SNS::TopicPolicy", "sns")
def topic_policy(sns, p, name):
    for topic in p["Topics"]:
        sns.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(p["PolicyDocument"]))
    yield name, {}


@makes("AWS::SNS::Subscription", "sns")
def subscription(sns, p, name):
    arn = sns.subscribe(ReturnSubscriptionArn=True, **p)["SubscriptionArn"]
    yield arn, {}
    sns.unsubscribe(SubscriptionArn=arn)


@makes("AWS::CloudWatch::Alarm", "cloudwatch")
def alarm(cloudwatch, p, name):
    name = p.setdefault("AlarmName", name)
    cloudwatch.put_metric_alarm(**p)
    yield name, {"Arn": cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["AlarmArn"]}
    cloudwatch.delete_alarms(AlarmNames=[name])


@makes("AWS::CloudWatch::CompositeAlarm", "cloudwatch")
def composite_alarm(cloudwatch, p, name):
    name = p.get("AlarmName", name)
    yield name, {"Arn": f"arn:aws:cloudwatch:{cloudwatch.meta.region_name}:000000000000:alarm:{name}"}


@makes("AWS::CloudWatch::Dashboard", "cloudwatch")
def dashboard(cloudwatch, p, name):
    cloudwatch.put_dashboard(**p)
    yield p["DashboardName"], {}
    cloudwatch.delete_dashboards(DashboardNames=[p["DashboardName"]])


@makes("AWS::Cognito::UserPool", "cognito-idp")
def pool(cognito, p, name):
    enabled = p.pop("EnabledMfas", [])
    p["PoolName"] = p.pop("UserPoolName")
    made = cognito.create_user_pool(**p)["UserPool"]
    if "SOFTWARE_TOKEN_MFA" in enabled:
        cognito.set_user_pool_mfa_config(
            UserPoolId=made["Id"], MfaConfiguration=p["MfaConfiguration"],
            SoftwareTokenMfaConfiguration={"Enabled": True})
    yield made["Id"], {"Arn": made["Arn"], "UserPoolId": made["Id"]}
    cognito.delete_user_pool(UserPoolId=made["Id"])


@makes("AWS::Cognito::UserPoolResourceServer", "cognito-idp")
def resource_server(cognito, p, name):
    cognito.create_resource_server(**p)
    yield p["Identifier"], {}


@makes("AWS::Cognito::UserPoolDomain", "cognito-idp")
def pool_domain(cognito, p, name):
    cognito.create_user_pool_domain(**p)
    yield p["Domain"], {}
    cognito.delete_user_pool_domain(**p)


@makes("AWS::Cognito::UserPoolClient", "cognito-idp")
def pool_client(cognito, p, name):
    made = cognito.create_user_pool_client(**p)["UserPoolClient"]
    yield made["ClientId"], {"ClientId": made["ClientId"], "Name": made["ClientName"]}
    cognito.delete_user_pool_client(UserPoolId=p["UserPoolId"], ClientId=made["ClientId"])


@makes("AWS::Scheduler::ScheduleGroup", "scheduler")
def schedule_group(scheduler, p, name):
    name = p.setdefault("Name", name)
    arn = scheduler.create_schedule_group(**p)["ScheduleGroupArn"]
    yield name, {"Arn": arn}
    scheduler.delete_schedule_group(Name=name)


@makes("AWS::Scheduler::Schedule", "scheduler")
def schedule(scheduler, p, name):
    name = p.setdefault("Name", name)
    arn = scheduler.create_schedule(**p)["ScheduleArn"]
    yield name, {"Arn": arn}
    scheduler.delete_schedule(Name=name, GroupName=p.get("GroupName", "default"))


@makes("AWS::Lambda::EventInvokeConfig", "lambda")
def invocations(client, p, name):
    client.put_function_event_invoke_config(**p)
    yield name, {}
    client.delete_function_event_invoke_config(FunctionName=p["FunctionName"], Qualifier=p["Qualifier"])


@makes("AWS::Cognito::UserPoolGroup", "cognito-idp")
def pool_group(cognito, p, name):
    cognito.create_group(**p)
    yield p["GroupName"], {}


@makes("AWS::Lambda::Version", "lambda")
def version(client, p, name):
    made = client.publish_version(**p)
    yield made["FunctionArn"], {"Version": made["Version"], "FunctionArn": made["FunctionArn"]}


@makes("AWS::Lambda::Alias", "lambda")
def alias(client, p, name):
    arn = client.create_alias(**p)["AliasArn"]
    yield arn, {"AliasArn": arn}
    client.delete_alias(FunctionName=p["FunctionName"], Name=p["Name"])


@makes("AWS::CodeDeploy::Application", "codedeploy")
def application(deploy, p, name):
    p["applicationName"], p["computePlatform"] = p.pop("ApplicationName", name), p.pop("ComputePlatform")
    deploy.create_application(**p)
    yield p["applicationName"], {}  # moto cannot delete it


@makes("AWS::CodeDeploy::DeploymentGroup", "codedeploy")
def deployment_group(deploy, p, name):
    p.setdefault("DeploymentGroupName", name)
    deploy.create_deployment_group(**small(p))
    yield p["DeploymentGroupName"], {}


def small(value):
    """Returns properties with small first letters, as CodeDeploy's API has them."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: small(member) for name, member in value.items()}
    return [small(member) for member in value] if isinstance(value, list) else value


@makes("AWS::ApiGatewayV2::Api", "apigatewayv2")
def api(gateway, p, name):
    made = gateway.create_api(**p)
    yield made["ApiId"], {"ApiId": made["ApiId"], "ApiEndpoint": made["ApiEndpoint"]}
    gateway.delete_api(ApiId=made["ApiId"])


@makes("AWS::ApiGatewayV2::Authorizer", "apigatewayv2")
def authorizer(gateway, p, name):
    yield gateway.create_authorizer(**p)["AuthorizerId"], {}


@makes("AWS::ApiGatewayV2::Integration", "apigatewayv2")
def integration(gateway, p, name):
    yield gateway.create_integration(**p)["IntegrationId"], {}


@makes("AWS::ApiGatewayV2::Route", "apigatewayv2")
def route(gateway, p, name):
    yield gateway.create_route(**p)["RouteId"], {}


@makes("AWS::ApiGatewayV2::Stage", "apigatewayv2")
def stage(gateway, p, name):
    yield gateway.create_stage(**p)["StageName"], {}


def describe(resources, stack):
    """Writes the resources of a stack, with all references resolved."""
    found = {}
    for name, resource in resources._resource_json_map.items():
        made = resources._parsed_resources.get(name)
        found[name] = {
            "Type": resource["Type"], "Made": made is not None and resource["Type"] not in NOT_MADE,
            "NotMade": NOT_MADE.get(resource["Type"], ""),
            "Ref": str(getattr(made, "physical_resource_id", "")),
            "Retain": resource.get("DeletionPolicy", "Delete") != "Delete",
            "Properties": parsing.clean_json(resource.get("Properties", {}), resources),
        }
    with open(os.path.join(FOLDER, stack + ".json"), "w") as file:
        json.dump(found, file, indent=1)


def apply(self, update=models.ChangeSet.apply):
    """Makes or changes the resources of a stack, and describes them. moto makes those of a change set in any order, and
    forgets the outputs."""
    stack, resources = self.stack, self.stack.resource_map
    for resource in self.template_dict["Resources"].values():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":  # which moto does not know
            resource["DeletionPolicy"] = "Retain"
    if resources._resource_json_map:
        update(self)
    else:
        resources._template, resources._resource_json_map = self.template_dict, self.template_dict["Resources"]
        resources.input_parameters = self.parameters
        resources.load()
        resources.create(self.template_dict)
    stack.template_dict, stack.description = self.template_dict, self.template_dict.get("Description")
    stack.output_map = stack._create_output_map()
    describe(resources, stack.name)


def explained(name, resource, *args, make=parsing.parse_and_create_resource, **kwargs):
    """Makes a resource, and prints why it could not be made. moto answers without the resource's name."""
    if resource["Type"] == "AWS::KMS::Key":  # moto reads its tags as those of KMS's API
        properties = {k: v for k, v in resource["Properties"].items() if k != "Tags"}
        resource = {**resource, "Properties": properties}
    try:
        return make(name, resource, *args, **kwargs)
    except Exception as e:
        print(f"{name} ({resource['Type']}): {e!r}", file=sys.stderr, flush=True)
        raise


def template(url, *args, get=responses.get_stack_from_s3_url, **kwargs):
    """Gets a template from moto's own address. Only with localhost in it does moto look for the bucket in the path."""
    return get(url.replace("//127.0.0.1:", "//localhost:"), *args, **kwargs)


def protect(self):
    """Is UpdateTerminationProtection, which moto does not have."""
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    stack.enable_termination_protection = str(self._get_param("EnableTerminationProtection")).lower() == "true"
    return responses.ActionResult({"StackId": stack.stack_id})


def delete(self, delete=responses.CloudFormationResponse.delete_stack):
    """Deletes a stack that is not protected. moto would delete a protected one too."""
    stack = self.cloudformation_backend.get_stack(self._get_param("StackName"))
    if stack.enable_termination_protection:
        text = f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
        raise responses.ValidationError(message=text)
    return delete(self)


def main():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    # moto would run the functions in Docker. They run in the Go program, which also reads the queues.
    functions.LambdaFunction.invoke = lambda *args, **kwargs: "{}"
    functions.LambdaBackend.send_sqs_batch = lambda *args: False
    models.ChangeSet.apply, parsing.parse_and_create_resource = apply, explained
    models.Stack.parse_template = staticmethod(json.loads)  # moto reads JSON as YAML, which takes half a minute
    responses.get_stack_from_s3_url = template
    responses.CloudFormationResponse.update_termination_protection = protect
    responses.CloudFormationResponse.delete_stack = delete
    SERVER.start()
    print(address(), flush=True)
    sys.stdin.read()


main()
