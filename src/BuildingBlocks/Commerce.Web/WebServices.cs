using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using Commerce.EventStore;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
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

    /// <summary>
    /// Answers guests' reads that stand ready in front of the application, and for those that need compression, another origin's leave or a trace within it.
    /// A list of allowed hosts is the application's to look at, so with one nothing is answered in front.
    /// </summary>
    /// <param name="services">The services, with a web server.</param>
    /// <param name="configuration">Where the list of allowed hosts would be.</param>
    /// <param name="basePath">The path that the modules' routes are relative to.</param>
    public static IServiceCollection AddReadyAnswers(this IServiceCollection services, IConfiguration configuration, string basePath)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSingleton(provider => new ReadyAnswers(provider.GetServices<IReadyAnswer>(), provider.GetRequiredService<IProjectionProgress>(), basePath));
        if (configuration["AllowedHosts"] is null or "" or "*")
        {
            services.Decorate<IServer>((server, provider) => new ReadyServer(
                server, provider.GetRequiredService<ReadyAnswers>(), provider.GetService<ActivitySource>(), provider.GetRequiredService<IMeterFactory>()));
        }

        return services;
    }

    /// <summary>The ready answers within the pipeline; after what compresses and lets other origins in, before routing.</summary>
    public static IApplicationBuilder UseReadyAnswers(this IApplicationBuilder app) => app.UseMiddleware<ReadyAnswersMiddleware>();

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
