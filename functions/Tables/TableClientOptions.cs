using Azure.Core;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Tables;

/// <summary>Retry, transport and diagnostics of the table clients. Defaults: 5 s per try, three tries after the first.</summary>
internal sealed class TableClientOptions : ClientOptions
{
    /// <summary>The oldest service version that takes Entra tokens for tables.</summary>
    internal const string ApiVersion = "2020-12-06";

    public TableClientOptions() => StoragePipeline.SetDefaults(Retry);

    /// <summary>The clock that requests are dated by when an account key signs them.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
