using Commerce.Architecture.Tests.BadSamples;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;
using Commerce.Outcomes;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Architecture.Tests;

public sealed class CallersWallTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Fact]
    public void Every_endpoint_says_who_may_call_it()
    {
        var endpoints = shop.Services.GetRequiredService<EndpointDataSource>().Endpoints;

        endpoints.Count.ShouldBeGreaterThan(SliceFile.All.Count);
        CallersWall.Silent(endpoints).ShouldBeEmpty();
    }

    [Fact]
    public void Scopes_are_known_ones()
    {
        string[] known = ["catalog:write", "catalog:read", "inventory:write", "inventory:read", "orders:write", "orders:read", "identity:admin", "ops:read", "ops:write"];
        var used = shop.Services.GetRequiredService<EndpointDataSource>().Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<ScopeMetadata>()?.Scope).OfType<string>().Distinct(StringComparer.Ordinal).ToList();

        used.ShouldNotBeEmpty();
        used.ShouldBeSubsetOf(known);
    }

    [Fact]
    public void A_silent_endpoint_is_found_and_closed()
    {
        using var app = WebApplication.CreateBuilder().Build();
        app.MapGroup("/api/v1").Guarded().MapSlice<BadSliceEndpoint>();

        CallersWall.Silent(((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)).ShouldHaveSingleItem();
    }

    [Fact]
    public void Every_refusal_is_bound_to_one_status_and_every_problem_to_one_title()
    {
        var refusals = Disk.ProjectsUnder("src").SelectMany(project => RefusalsOf(System.Reflection.Assembly.Load(project.Name))).ToList();

        refusals.Count.ShouldBeGreaterThan(20);
        refusals.Where(refusal => ProblemOf(refusal) is null).ShouldBeEmpty();
        refusals.Select(refusal => ProblemOf(refusal)!).GroupBy(problem => problem.Slug, StringComparer.Ordinal)
            .Where(problem => problem.Select(p => (p.Status, p.Title)).Distinct().Count() > 1).Select(problem => problem.Key).ShouldBeEmpty("One problem type is one status and one title.");
        refusals.Select(refusal => ProblemOf(refusal)!).ShouldAllBe(problem => problem.Status == 301 || (problem.Status >= 400 && problem.Status < 600));
        refusals.SelectMany(refusal => refusal.GetProperties()).Where(property => property.Name is "Type" or "Title" or "Status" or "Instance" or "TraceId")
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}").Distinct(StringComparer.Ordinal).ShouldBeEmpty("The problem document has a member of this name already.");
    }

    [Fact]
    public void An_unbound_refusal_is_found() =>
        RefusalsOf(typeof(UnboundRefusal).Assembly).Where(refusal => ProblemOf(refusal) is null).ShouldBe([typeof(UnboundRefusal)]);

    private static IEnumerable<Type> RefusalsOf(System.Reflection.Assembly assembly) => assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Refusal)) && !type.IsAbstract);

    private static ProblemAttribute? ProblemOf(Type refusal) => (ProblemAttribute?)Attribute.GetCustomAttribute(refusal, typeof(ProblemAttribute));
}
