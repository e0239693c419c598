// Everything that Prestage needs in Azure, in one resource group. azd runs it; docs/operations.md tells how it is used.
targetScope = 'subscription'

@description('Name of the azd environment; the resource group is named after it.')
@minLength(1)
@maxLength(40)
param environmentName string

@description('Region of all resources. It must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Id of your JumpCloud organization: 24 hexadecimal digits, shown in the JumpCloud console under Settings. Only this one\'s Macs may enroll.')
@minLength(24)
@maxLength(24)
param jumpCloudOrgId string

@description('Settings of docs/settings.md, by name; an empty value leaves the program\'s default.')
param settings object

@description('Object id of who places the secrets: the person or pipeline that runs azd. Gets Key Vault Secrets Officer on this one vault. Empty: nobody.')
param vaultOfficerId string = ''

@description('Whether vaultOfficerId is a person, a group or an application.')
@allowed(['User', 'Group', 'ServicePrincipal'])
param vaultOfficerType string = 'User'

@description('Client id of the Entra registration through which operators sign in to the portal (infra/portal-registration). Empty: the portal is off.')
param portalClientId string = ''

@description('Client ids of further Entra registrations, comma-separated, whose tokens the portal lets in: scripts with a role of their own. Empty: none.')
param portalAllowedClientIds string = ''

@description('Whether storage and vault are reachable only inside a virtual network of their own. Adds private endpoints and a NAT gateway, and their cost.')
param privateNetwork bool = false

@description('Public addresses (comma-separated, CIDR allowed) that may still reach the vault where privateNetwork is on, to place secrets.')
param vaultAllowedAddresses string = ''

@description('Instances that are always ready for HTTP calls, against cold starts. They cost money while idle.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Memory of one instance in MB. Host and program share it.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances per group of functions.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Copies of the stored data: in three zones, or in one data centre where the region has no zones.')
@allowed(['Standard_ZRS', 'Standard_LRS'])
param storageSku string = 'Standard_ZRS'

@description('default makes the vault; recover brings back the deleted one of this environment, with its secrets.')
@allowed(['default', 'recover'])
param vaultCreateMode string = 'default'

@description('Who is told by alerts and budget: mail addresses, comma-separated. Empty: alerts show in the Azure portal only, and there is no budget.')
param alertEmails string = ''

@description('After how many hours without any finished enrollment, although some were started, an alert is raised.')
@allowed([1, 2, 3, 4, 5, 6, 24, 48])
param silentHours int = 6

@description('Days that logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Most log data per day in GB; beyond it the workspace takes no more until the next day, and says so by an alert.')
@minValue(1)
@maxValue(100)
param logDailyCapGB int = 1

@description('Monthly budget of the resource group in the subscription\'s currency. 0: none.')
@minValue(0)
param budgetAmount int = 50

@description('First day of the month in which the budget begins (yyyy-MM-01). It cannot be changed while there is a budget; a hook sets it for the first one. Empty: no budget.')
param budgetStart string = ''

var token = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
var emails = filter(map(split(alertEmails, ','), address => trim(address)), address => !empty(address))
var vaultAddresses = filter(map(split(vaultAllowedAddresses, ','), address => trim(address)), address => !empty(address))
var portalClients = filter(map(split(portalAllowedClientIds, ','), id => trim(id)), id => !empty(id))
var deploymentContainer = 'deployments'
var appName = 'prestage-${token}'

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: { name: 'id-prestage-${token}', location: location, tags: tags }
}

module monitoring 'monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: 'log-prestage-${token}'
    componentName: 'appi-prestage-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
  }
}

// The Functions host may write anywhere in its account; the enrollments lie in another one.
module hostStorage 'storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: 'sthost${token}'
    location: location
    tags: tags
    sku: storageSku
    isPrivate: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
    containers: [deploymentContainer]
    queues: ['prestage-finish', 'prestage-finish-poison']
    tables: []
  }
}

module dataStorage 'storage.bicep' = {
  name: 'data-storage'
  scope: group
  params: {
    name: 'stdata${token}'
    location: location
    tags: tags
    sku: storageSku
    isPrivate: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
    containers: []
    queues: []
    tables: ['Enrollments', 'Devices', 'Attempts', 'Proofs', 'Passcodes']
  }
}

module vault 'vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    createMode: vaultCreateMode
    isPrivate: privateNetwork
    allowedAddresses: vaultAddresses
    workspaceId: monitoring.outputs.workspaceId
  }
}

module network 'network.bicep' = if (privateNetwork) {
  name: 'network'
  scope: group
  params: {
    name: 'vnet-prestage-${token}'
    location: location
    tags: tags
    hostStorageId: hostStorage.outputs.id
    dataStorageId: dataStorage.outputs.id
    vaultId: vault.outputs.id
  }
}

module roles 'roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    identityId: identity.outputs.id
    principalId: identity.outputs.principalId
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultName: vault.outputs.name
    componentName: monitoring.outputs.componentName
    vaultOfficerId: vaultOfficerId
    vaultOfficerType: vaultOfficerType
  }
}

module functions 'functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    planName: 'plan-prestage-${token}'
    appName: appName
    location: location
    tags: tags
    identityId: identity.outputs.id
    deploymentContainerUri: '${hostStorage.outputs.blobEndpoint}${deploymentContainer}'
    subnetId: privateNetwork ? network!.outputs.appSubnetId : null
    alwaysReadyInstances: alwaysReadyInstances
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    workspaceId: monitoring.outputs.workspaceId
  }
  // The platform reads the package's container with this identity.
  dependsOn: [roles]
}

module appSettings 'settings.bicep' = {
  name: 'settings'
  scope: group
  params: {
    appName: functions.outputs.name
    clientId: identity.outputs.clientId
    hostStorageName: hostStorage.outputs.name
    dataStorageName: dataStorage.outputs.name
    vaultUri: vault.outputs.uri
    componentName: monitoring.outputs.componentName
    // The program wants lower case.
    jumpCloudOrgId: toLower(jumpCloudOrgId)
    settings: settings
    portalClientId: portalClientId
    portalAllowedClientIds: portalClients
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: { location: location, tags: tags, workspaceId: monitoring.outputs.workspaceId, emails: emails, silentHours: silentHours }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: { location: location, tags: tags, workspaceId: monitoring.outputs.workspaceId }
}

module budget 'budget.bicep' = if (budgetAmount > 0 && !empty(emails) && !empty(budgetStart)) {
  name: 'budget'
  scope: group
  params: { amount: budgetAmount, start: budgetStart, emails: emails }
}

@description('The Macs\' setting serviceUrl.')
output PRESTAGE_SERVICE_URL string = 'https://${functions.outputs.hostName}'

@description('The Macs\' setting askSecret.')
output PRESTAGE_MAC_ASK_SECRET bool = (settings.?Identity__Proof ?? '') != 'none'

@description('The Macs\' setting proofBinding.')
output PRESTAGE_MAC_PROOF_BINDING bool = (settings.?Device__ProofBinding ?? '') != 'none'

@description('Where secrets are placed (infra/hooks/secrets.sh).')
output PRESTAGE_VAULT_URI string = vault.outputs.uri

@description('How the backend proves itself to JumpCloud: which secrets the vault has to hold.')
output PRESTAGE_JUMPCLOUD_AUTH string = settings.?JumpCloud__Auth ?? ''

@description('How Macs prove themselves: whether the vault has to hold a device key.')
output PRESTAGE_DEVICE_TRUST string = settings.?Device__Trust ?? ''

@description('For infra/portal-registration: whom the registration trusts instead of a secret.')
output PRESTAGE_IDENTITY_PRINCIPAL_ID string = identity.outputs.principalId

@description('The resource group that holds everything.')
output AZURE_RESOURCE_GROUP string = group.name
