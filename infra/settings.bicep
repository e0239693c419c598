// The app's settings, and the sign-in in front of its portal. Both are here so that the one never says what the other does not do.

@description('The app.')
param appName string

@description('Client id of the backend\'s identity.')
param clientId string

@description('Account of the Functions host.')
param hostStorageName string

@description('Account of the enrollments.')
param dataStorageName string

@description('Address of the vault.')
param vaultUri string

@description('The Application Insights component.')
param componentName string

@description('Id of the JumpCloud organization.')
param jumpCloudOrgId string

@description('Settings of docs/settings.md, by name; an empty value leaves the program\'s default. What is wired below cannot be replaced.')
param settings object

@description('Client id of the portal\'s Entra registration; empty for no portal.')
param portalClientId string

@description('Client ids of the registrations whose tokens are let in besides that one\'s.')
param portalAllowedClientIds string[]

var chosen = toObject(filter(items(settings), setting => !empty(setting.value)), setting => setting.key, setting => setting.value)
var hasPortal = !empty(portalClientId)

resource app 'Microsoft.Web/sites@2025-03-01' existing = {
  name: appName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

// Left in place when the portal is switched off again: with Portal__Auth = off nobody gets in, in whatever order the two change.
resource signIn 'Microsoft.Web/sites/config@2025-03-01' = if (hasPortal) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'RedirectToLoginPage'
      redirectToProvider: 'azureactivedirectory'
      // The Macs' calls prove themselves to the program. Exact paths: a wildcard could let a portal path slip through.
      excludedPaths: [
        '/api/activate'
        '/api/associate'
        '/api/complete'
        '/api/enrollment'
        '/api/health'
        '/api/report'
        '/api/token'
        '/api/verify'
      ]
    }
    httpSettings: { requireHttps: true }
    login: { tokenStore: { enabled: false } }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
          clientId: portalClientId
          // This name makes the platform prove itself with the managed identity of that setting: no client secret.
          clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
        }
        validation: {
          allowedAudiences: [portalClientId, 'api://${portalClientId}']
          defaultAuthorizationPolicy: { allowedApplications: concat([portalClientId], portalAllowedClientIds) }
        }
      }
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(chosen, {
    // All three together: the host and the scale controller take the addresses or the account's name, and never a part of each.
    AzureWebJobsStorage__blobServiceUri: 'https://${hostStorageName}.blob.${environment().suffixes.storage}'
    AzureWebJobsStorage__queueServiceUri: 'https://${hostStorageName}.queue.${environment().suffixes.storage}'
    AzureWebJobsStorage__tableServiceUri: 'https://${hostStorageName}.table.${environment().suffixes.storage}'
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: clientId
    AzureWebJobsDisableHomepage: 'true'
    APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    // The exporter's own usage figures would go to another address of Microsoft's.
    APPLICATIONINSIGHTS_STATSBEAT_DISABLED: 'true'
    Storage__TableServiceUri: 'https://${dataStorageName}.table.${environment().suffixes.storage}'
    Storage__ClientId: clientId
    Vault__Uri: vaultUri
    Vault__ClientId: clientId
    JumpCloud__OrgId: jumpCloudOrgId
    Portal__Auth: hasPortal ? 'easyAuth' : 'off'
    OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: clientId
  })
  // Never easyAuth without the authentication in front: it would let everybody in.
  dependsOn: [signIn]
}
