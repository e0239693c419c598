// One storage account without keys: only Entra identities get in.

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Copies of the data.')
param sku string

@description('Whether only private endpoints reach it.')
param isPrivate bool

@description('Resource id of the workspace that gets the log of writes and deletions.')
param workspaceId string

@description('Blob containers.')
param containers string[]

@description('Queues.')
param queues string[]

@description('Tables. The program makes missing ones too.')
param tables string[]

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }

  resource blobs 'blobServices' = {
    name: 'default'

    resource container 'containers' = [for container in containers: { name: container }]
  }

  resource queueService 'queueServices' = {
    name: 'default'

    resource queue 'queues' = [for queue in queues: { name: queue }]
  }

  resource tableService 'tableServices' = {
    name: 'default'

    resource table 'tables' = [for table in tables: { name: table }]
  }
}

// Who else writes the tables than the backend shows here.
resource tableAudit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!empty(tables)) {
  name: 'audit'
  scope: account::tableService
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

@description('Resource id.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Address of the blobs, with a slash at its end.')
output blobEndpoint string = account.properties.primaryEndpoints.blob
