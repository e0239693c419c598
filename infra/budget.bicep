// A budget warns; it stops nothing.

@description('Amount per month, in the subscription\'s currency.')
param amount int

@description('First day of its first month (yyyy-MM-01).')
param start string

@description('Who is told.')
@minLength(1)
param emails string[]

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: 'prestage-monthly'
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: { startDate: start }
    notifications: {
      spent80: { enabled: true, operator: 'GreaterThan', threshold: 80, thresholdType: 'Actual', contactEmails: emails }
      expected100: { enabled: true, operator: 'GreaterThan', threshold: 100, thresholdType: 'Forecasted', contactEmails: emails }
    }
  }
}
