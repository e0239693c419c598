// The vault: roles instead of access policies; what is deleted can be restored for 90 days and purged by nobody.

@description('Name of the vault.')
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('default makes it; recover brings back the deleted one of the same name.')
param createMode string

@description('Whether only private endpoints and the allowed addresses reach it.')
param isPrivate bool

@description('Public addresses that reach it where it is private.')
param allowedAddresses string[]

@description('Resource id of the workspace that gets the log of every access.')
param workspaceId string

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    createMode: createMode
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    publicNetworkAccess: isPrivate && empty(allowedAddresses) ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: isPrivate ? 'Deny' : 'Allow'
      bypass: 'None'
      ipRules: [for address in allowedAddresses: { value: address }]
    }
  }
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: vault
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

@description('Resource id.')
output id string = vault.id

@description('Name of the vault.')
output name string = vault.name

@description('Address of the vault, with a slash at its end.')
output uri string = vault.properties.vaultUri
