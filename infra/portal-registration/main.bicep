// The Entra registration through which operators sign in to the portal. Apart from the rest: it needs rights in Entra ID, not in the subscription.
extension microsoftGraphV1

@description('Address of the backend: the output PRESTAGE_SERVICE_URL.')
param serviceUrl string

@description('Object id of the backend\'s identity, which proves the registration instead of a secret: the output PRESTAGE_IDENTITY_PRINCIPAL_ID.')
param identityPrincipalId string

var uniqueName = 'prestage-${uniqueString(serviceUrl)}'

resource registration 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'Prestage portal'
  signInAudience: 'AzureADMyOrg'
  web: {
    redirectUris: ['${serviceUrl}/.auth/login/aad/callback']
    implicitGrantSettings: { enableIdTokenIssuance: true }
  }
  // A script's token else names another issuer than the one that the sign-in in front checks.
  api: { requestedAccessTokenVersion: 2 }
  appRoles: [
    {
      id: guid(serviceUrl, 'Prestage.Reader')
      value: 'Prestage.Reader'
      displayName: 'Prestage reader'
      description: 'Sees enrollments, Macs and their events.'
      allowedMemberTypes: ['User', 'Application']
      isEnabled: true
    }
    {
      id: guid(serviceUrl, 'Prestage.Operator')
      value: 'Prestage.Operator'
      displayName: 'Prestage operator'
      description: 'Sees everything, retries, cancels and releases, and makes passcodes.'
      allowedMemberTypes: ['User', 'Application']
      isEnabled: true
    }
  ]

  resource proof 'federatedIdentityCredentials@v1.0' = {
    name: '${uniqueName}/backend'
    description: 'The backend\'s managed identity'
    issuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
    subject: identityPrincipalId
    audiences: ['api://AzureADTokenExchange']
  }
}

// Only people who have been given a role get a token at all.
resource enterpriseApplication 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: registration.appId
  appRoleAssignmentRequired: true
}

resource graph 'Microsoft.Graph/servicePrincipals@v1.0' existing = {
  appId: '00000003-0000-0000-c000-000000000000'
}

// What the sign-in asks for. Where a role is required, Entra ID lets nobody consent for themselves.
resource consent 'Microsoft.Graph/oauth2PermissionGrants@v1.0' = {
  clientId: enterpriseApplication.id
  consentType: 'AllPrincipals'
  resourceId: graph.id
  scope: 'openid profile email'
}

@description('For azd env set PRESTAGE_PORTAL_CLIENT_ID.')
output clientId string = registration.appId
