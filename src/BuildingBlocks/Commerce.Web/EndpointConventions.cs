using Commerce.Outcomes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Web;

/// <summary>What an endpoint says about itself.</summary>
public static class EndpointConventions
{
    /// <summary>The success and its body's type.</summary>
    public static RouteHandlerBuilder Returns<T>(this RouteHandlerBuilder endpoint, int status = StatusCodes.Status200OK) =>
        endpoint.Produces<T>(status, "application/json");

    /// <summary>A success without a body.</summary>
    public static RouteHandlerBuilder ReturnsNothing(this RouteHandlerBuilder endpoint) => endpoint.Produces(StatusCodes.Status204NoContent);

    /// <summary>A success with another media type than JSON.</summary>
    public static RouteHandlerBuilder ReturnsStream(this RouteHandlerBuilder endpoint, string contentType) =>
        endpoint.Produces<string>(StatusCodes.Status200OK, contentType);

    /// <summary>Declares the refusals that the slice can answer with; each becomes a problem response of its status.</summary>
    public static RouteHandlerBuilder Refuses<T1>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal => Refuses(endpoint, typeof(T1));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3, T4>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal
        where T4 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3), typeof(T4));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3, T4, T5>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal
        where T4 : Refusal
        where T5 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3, T4, T5, T6>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal
        where T4 : Refusal
        where T5 : Refusal
        where T6 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3, T4, T5, T6, T7>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal
        where T4 : Refusal
        where T5 : Refusal
        where T6 : Refusal
        where T7 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7));

    /// <inheritdoc cref="Refuses{T1}" />
    public static RouteHandlerBuilder Refuses<T1, T2, T3, T4, T5, T6, T7, T8>(this RouteHandlerBuilder endpoint)
        where T1 : Refusal
        where T2 : Refusal
        where T3 : Refusal
        where T4 : Refusal
        where T5 : Refusal
        where T6 : Refusal
        where T7 : Refusal
        where T8 : Refusal => Refuses(endpoint, typeof(T1), typeof(T2), typeof(T3), typeof(T4), typeof(T5), typeof(T6), typeof(T7), typeof(T8));

    /// <summary>Only callers with this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        endpoint.WithMetadata(new ScopeMetadata(scope));
        return endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scope)));
    }

    /// <summary>A request without <c>Idempotency-Key</c> is refused.</summary>
    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new IdempotencyMetadata(Required: true, Recorded: true));

    /// <summary>The answer is a secret and is never kept: a repeat under the same key runs again.</summary>
    public static TBuilder WithoutIdempotencyRecord<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new IdempotencyMetadata(Required: false, Recorded: false));

    /// <summary>
    /// The endpoint serves a caller whose credentials are no good any more, as a guest. Everywhere else they are a 401, also where no login is needed: a
    /// client whose token has just expired must learn it and not go on as somebody else.
    /// </summary>
    public static TBuilder AcceptsStaleCredentials<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new StaleCredentialsMetadata());

    /// <summary>
    /// The asynchronous projections that this read needs: it waits for them when the caller sends a consistency token, and tells how far they are
    /// behind. None named: inline projections only, which never lag.
    /// </summary>
    public static TBuilder ReadsFrom<TBuilder>(this TBuilder endpoint, params string[] projections)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ReadsFromMetadata(projections));

    /// <summary>The endpoint reads its body itself, as a stream of one of these media types, up to its own limit instead of the usual megabyte.</summary>
    public static TBuilder StreamsBody<TBuilder>(this TBuilder endpoint, long maxBytes, params string[] contentTypes)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new StreamedBodyMetadata(maxBytes, contentTypes), new RequestSizeLimitAttribute(maxBytes));

    /// <summary>
    /// Every endpoint of the group must say who may call it. One that forgot is closed to everybody who is not known, rather than open; a wall
    /// finds it in the tests.
    /// </summary>
    public static TBuilder Guarded<TBuilder>(this TBuilder group)
        where TBuilder : IEndpointConventionBuilder
    {
        group.Finally(endpoint =>
        {
            if (!endpoint.Metadata.Any(item => item is IAllowAnonymous or IAuthorizeData or AuthorizationPolicy))
            {
                endpoint.Metadata.Add(new AuthorizeAttribute());
                endpoint.Metadata.Add(new SilentAboutCallers());
            }
        });
        return group;
    }

    private static RouteHandlerBuilder Refuses(RouteHandlerBuilder endpoint, params Type[] refusals)
    {
        endpoint.WithMetadata(new RefusalMetadata(refusals));
        foreach (var status in refusals.Select(refusal => Problems.Of(refusal).Status).Distinct().Order())
        {
            endpoint.ProducesProblem(status);
        }

        return endpoint;
    }
}

/// <summary>Marks an endpoint that forgot to say who may call it.</summary>
public sealed record SilentAboutCallers;

/// <summary>The caller must have a scope.</summary>
internal sealed class ScopeRequirement(string scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    public string Scope { get; } = scope;

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (Caller.From(context.User).Has(requirement.Scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
