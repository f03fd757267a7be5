using Commerce.EventStore;
using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;

namespace Commerce.Identity;

/// <summary>Changes staff accounts and answers with the whole of them: the decision knows what changed, the table of people knows who it is.</summary>
internal sealed class StaffDesk(EventSession events, People people)
{
    internal async Task<Outcome<StaffDetails>> ChangeAsync(Guid id, long? expectedVersion, Func<Account, Decision> decide, CancellationToken cancellationToken)
    {
        var card = (await people.CardsAsync([id], cancellationToken)).GetValueOrDefault(id);
        return await events.DecideAsync<Account, StaffDetails>(
            id,
            (stream, scope) => (stream.State.Kind == AccountKind.Staff ? stream.Expect(expectedVersion) : new StaffNotFound())
                .Then(expected => expected.Apply(decide))
                .Map(account => new StaffDetails(id, card?.Email ?? "", card?.Name, account.Roles, account.Disabled, scope.Stream<Account>(id).Version)),
            cancellationToken);
    }
}

/// <summary>Who may give away what.</summary>
internal static class Grants
{
    /// <summary>The refusal for a caller that lacks any of these scopes itself, or null.</summary>
    internal static ScopeNotHeld? Missing(Caller caller, IEnumerable<string> scopes) =>
        scopes.Where(scope => !caller.Has(scope)).Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } missing ? new ScopeNotHeld(missing) : null;

    internal static IRuleBuilderOptions<T, IReadOnlyList<string>> StaffRoles<T>(this IRuleBuilder<T, IReadOnlyList<string>> rule) =>
        rule.Must(roles => roles is { Count: > 0 } && roles.All(role => role is not null && Roles.IsKnown(role)))
            .WithMessage($"At least one of {string.Join(", ", Roles.Names.Order(StringComparer.Ordinal))}.");
}
