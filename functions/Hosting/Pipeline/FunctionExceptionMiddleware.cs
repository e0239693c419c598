using System.Runtime.ExceptionServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace Prestage.Functions.Hosting.Pipeline;

/// <summary>
/// Throws what a function threw: the worker calls functions of classes that are not public through a continuation, which wraps their
/// exceptions in an <see cref="AggregateException"/>. Who comes before decides by the exception's type.
/// </summary>
internal sealed class FunctionExceptionMiddleware : IFunctionsWorkerMiddleware
{
    /// <inheritdoc/>
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (AggregateException exception) when (exception.InnerExceptions is [var thrown])
        {
            ExceptionDispatchInfo.Throw(thrown);
        }
    }
}
