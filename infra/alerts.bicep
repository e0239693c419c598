// Alerts over the log workspace. Each rule is a query in queries/; docs/operations.md says what to do about each.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the log workspace.')
param workspaceId string

@description('Who is told. Empty: the alerts show in the Azure portal only.')
param emails string[]

@description('After how many hours without any finished enrollment, although some were started.')
@allowed([1, 2, 3, 4, 5, 6, 24, 48])
param silentHours int

var silentWindow = silentHours < 24 ? 'PT${silentHours}H' : 'P${silentHours / 24}D'

// What is written when it happens, not while it lasts: these alerts are closed by hand.
var toldOnce = ['dependency-down', 'finishing-stalled', 'settings-wrong']

// severity: 1 nobody can enroll, 2 somebody cannot, 3 look at it this week.
var rules = [
  {
    name: 'server-errors'
    title: 'Prestage answers with server errors'
    query: loadTextContent('queries/server-errors.kql')
    severity: 2
    moreThan: 5
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'enrollment-failed'
    title: 'An enrollment failed'
    query: loadTextContent('queries/enrollment-failed.kql')
    severity: 2
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'finishing-stalled'
    title: 'An enrollment has been finishing for more than an hour'
    query: loadTextContent('queries/finishing-stalled.kql')
    severity: 2
    moreThan: 0
    window: 'PT6H'
    every: 'PT30M'
  }
  {
    name: 'poison-messages'
    title: 'A queue message was given up'
    query: loadTextContent('queries/poison-messages.kql')
    severity: 2
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'directory-key-refused'
    title: 'JumpCloud refuses the backend\'s key'
    query: loadTextContent('queries/directory-key-refused.kql')
    severity: 1
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'dependency-down'
    title: 'Storage, vault, JumpCloud, a group or the clock keeps everybody from enrolling'
    query: loadTextContent('queries/dependency-down.kql')
    severity: 1
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'settings-wrong'
    title: 'A wrong setting keeps the backend from starting'
    query: loadTextContent('queries/settings-wrong.kql')
    severity: 1
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'secret-unavailable'
    title: 'A secret cannot be read from the vault, or is not usable'
    query: loadTextContent('queries/secret-unavailable.kql')
    severity: 1
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'vault-denied'
    title: 'The vault refused somebody'
    query: loadTextContent('queries/vault-denied.kql')
    severity: 2
    moreThan: 0
    window: 'PT15M'
    every: 'PT15M'
  }
  {
    name: 'nothing-finished'
    title: 'Enrollments are started and none is finished'
    query: loadTextContent('queries/nothing-finished.kql')
    severity: 1
    moreThan: 0
    window: silentWindow
    every: 'PT1H'
  }
  {
    name: 'many-locks'
    title: 'Many Macs or people were locked out: somebody may be guessing'
    query: loadTextContent('queries/many-locks.kql')
    severity: 2
    moreThan: 10
    window: 'PT1H'
    every: 'PT15M'
  }
  {
    name: 'no-records'
    title: 'The backend has exported nothing for 15 minutes: it does not run, or cannot send'
    query: loadTextContent('queries/no-records.kql')
    severity: 1
    moreThan: 0
    window: 'PT15M'
    every: 'PT5M'
  }
  {
    name: 'log-full'
    title: 'The log workspace has reached its daily cap: other alerts are blind until tomorrow'
    query: loadTextContent('queries/log-full.kql')
    severity: 3
    moreThan: 0
    window: 'PT1H'
    every: 'PT1H'
  }
]

resource receivers 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(emails)) {
  name: 'prestage'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'prestage'
    enabled: true
    emailReceivers: [for (email, index) in emails: { name: 'mail${index}', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: 'prestage-${rule.name}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.title
    description: 'docs/operations.md, "Alerts", ${rule.name}'
    enabled: true
    severity: rule.severity
    scopes: [workspaceId]
    evaluationFrequency: rule.every
    windowSize: rule.window
    autoMitigate: !contains(toldOnce, rule.name)
    // Every look at the same six hours would tell of it again. Less than the window less the hour that it waits: what stalls meanwhile is told too.
    muteActionsDuration: rule.name == 'finishing-stalled' ? 'PT4H' : null
    // A table that has never had a row does not exist yet.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: rule.moreThan
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(emails) ? [] : [receivers.id] }
  }
}]
