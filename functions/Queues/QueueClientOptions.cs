using Azure.Core;
using Prestage.Functions.Storage;

namespace Prestage.Functions.Queues;

/// <summary>Retry, transport and diagnostics of the queue clients. Defaults: 5 s per try, three tries after the first.</summary>
internal sealed class QueueClientOptions : ClientOptions
{
    internal const string ApiVersion = "2020-12-06";

    public QueueClientOptions() => StoragePipeline.SetDefaults(Retry);

    /// <summary>The clock that requests are dated by when an account key signs them.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
