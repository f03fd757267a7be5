using System.Reflection;
using Commerce.EventStore;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Commerce.Web;

/// <summary>Registration.</summary>
public static class WebServices
{
    /// <summary>What every slice stands on: the dispatcher with its behaviours, JSON, problem documents and limits.</summary>
    public static IServiceCollection AddCommerceWeb(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.Configure<WebOptions>(configuration.GetSection("Web"));
        services.ConfigureHttpJsonOptions(options => WireJson.Configure(options.SerializerOptions));
        // Binding throws instead of setting a bare 400, so that the problem document can name the parameter.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CallContext>();
        services.AddScoped<RequestEdge>();
        services.AddSingleton<LastCommit>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<LastCommit>());
        services.AddScoped(provider => new Dispatcher(
            provider.GetRequiredService<IMediator>(),
            provider.GetRequiredService<CallContext>(),
            provider.GetRequiredService<RequestEdge>(),
            provider.GetRequiredService<IEventStore>(),
            provider.GetRequiredService<LastCommit>(),
            provider.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions));
        services.AddAuthorization();
        services.AddMediator();
        services.AddCallerRateLimits();
        return services;
    }

    /// <summary>Registers the handlers and validators of a module's slices, internal ones included.</summary>
    public static IServiceCollection AddSlices(this IServiceCollection services, Assembly assembly)
    {
        services.Scan(scan => scan
            .FromAssemblies(assembly)
            .AddClasses(types => types.AssignableTo(typeof(IRequestHandler<,>)), publicOnly: false)
            .AsImplementedInterfaces(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IRequestHandler<,>))
            .WithTransientLifetime()
            // Building a validator compiles its rules; they look at shape only, so one instance serves all.
            .AddClasses(types => types.AssignableTo(typeof(IValidator<>)), publicOnly: false)
            .AsImplementedInterfaces(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IValidator<>))
            .WithSingletonLifetime());
        return services;
    }

    /// <summary>Turns everything that goes wrong below into problem documents; first in the pipeline.</summary>
    public static IApplicationBuilder UseProblemDetails(this IApplicationBuilder app) => app.UseMiddleware<ProblemDetailsMiddleware>();

    /// <summary>Answers guests' reads that stand ready before anything else is looked at; after what compresses and lets other origins in, before routing.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="basePath">The path that the modules' routes are relative to.</param>
    public static IApplicationBuilder UseReadyAnswers(this IApplicationBuilder app, string basePath) => app.UseMiddleware<ReadyAnswersMiddleware>(basePath);

    /// <summary>Reads caller, preconditions, consistency token and idempotency key; after authorization, before the endpoints.</summary>
    public static IApplicationBuilder UseCallContext(this IApplicationBuilder app) => app.UseMiddleware<CallContextMiddleware>();

    private static void AddMediator(this IServiceCollection services)
    {
        services.TryAddScoped<ServiceFactory>(provider => provider.GetService!);
        services.TryAddScoped<IMediator, Mediator>();
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(TelemetryBehaviour<,>));
        services.AddSingleton(typeof(IPipelineBehavior<,>), typeof(ValidationBehaviour<,>));
    }
}
