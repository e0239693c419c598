// The one identity of the backend: no secret, no key.

@description('Name of the identity.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
  tags: tags
}

@description('Resource id.')
output id string = identity.id

@description('Object id, for roles.')
output principalId string = identity.properties.principalId

@description('Client id, for settings.')
output clientId string = identity.properties.clientId
