// The Flex Consumption plan and the app: a .NET isolated worker.

@description('Name of the plan.')
param planName string

@description('Name of the app, and of its address.')
param appName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the backend\'s identity.')
param identityId string

@description('The blob container that holds the package.')
param deploymentContainerUri string

@description('The subnet through which all outgoing calls go; null for none.')
param subnetId string?

@description('Instances that are always ready for HTTP calls.')
param alwaysReadyInstances int

@description('Memory of one instance in MB.')
param instanceMemoryMB int

@description('Most instances per group of functions.')
param maximumInstanceCount int

@description('Resource id of the workspace that gets the log of sign-ins and deployments.')
param workspaceId string

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'http', instanceCount: alwaysReadyInstances }] : []
        // As many calls at once as an instance may make to JumpCloud: a call mostly waits for its answers. A quarter of a core gets fewer.
        triggers: { http: { perInstanceConcurrency: instanceMemoryMB < 2048 ? 8 : 32 } }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
    }
    siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true, cors: { allowedOrigins: [] } }
  }

  // Deployments come with an Entra token, never with a password.
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

// Not FunctionAppLogs: Application Insights has the same lines, and both are paid for.
resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'AppServiceAuthenticationLogs', enabled: true }
      { category: 'AppServiceAuditLogs', enabled: true }
    ]
  }
}

@description('Name of the app.')
output name string = app.name

@description('The app\'s host name.')
output hostName string = app.properties.defaultHostName
