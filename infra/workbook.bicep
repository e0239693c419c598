// The workbook "Prestage" in the Azure portal: workbook.json over the log workspace.

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the log workspace.')
param workspaceId string

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'prestage-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Prestage'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: loadTextContent('workbook.json')
  }
}
