using Commerce.EventStore;

namespace Commerce.Identity;

internal enum AccountKind
{
    None,
    Customer,
    Staff,
}

/// <summary>An account of a customer or a member of the staff: what it may do, not whose it is.</summary>
internal sealed record Account : IAggregate<Account>
{
    /// <inheritdoc />
    public static string StreamType => "account";

    /// <inheritdoc />
    public static Account Initial { get; } = new();

    internal AccountKind Kind { get; private init; }

    internal IReadOnlyList<string> Roles { get; private init; } = [];

    internal bool Disabled { get; private init; }

    /// <summary>Whether anybody may log in with it.</summary>
    internal bool IsUsable => Kind != AccountKind.None && !Disabled;

    internal Decision Register() => Kind == AccountKind.None ? Decision.Of(new CustomerRegistered()) : new AccountExists();

    internal Decision Hire(IReadOnlyList<string> roles) => Kind == AccountKind.None ? Decision.Of(new StaffHired(InOrder(roles))) : new AccountExists();

    internal Decision ChangeRoles(IReadOnlyList<string> roles) => Kind != AccountKind.Staff ? new StaffNotFound()
        : InOrder(roles).SequenceEqual(Roles) ? Decision.Nothing
        : Decision.Of(new StaffRolesChanged(InOrder(roles)));

    internal Decision Disable() => Kind != AccountKind.Staff ? new StaffNotFound() : Disabled ? Decision.Nothing : Decision.Of(new AccountDisabled());

    internal Decision Enable() => Kind != AccountKind.Staff ? new StaffNotFound() : Disabled ? Decision.Of(new AccountEnabled()) : Decision.Nothing;

    internal Decision ChangePassword() => IsUsable ? Decision.Of(new PasswordChanged()) : new InvalidCredentials();

    /// <inheritdoc />
    public Account Evolve(object @event) => @event switch
    {
        CustomerRegistered => this with { Kind = AccountKind.Customer },
        StaffHired e => this with { Kind = AccountKind.Staff, Roles = e.Roles },
        StaffRolesChanged e => this with { Roles = e.Roles },
        AccountDisabled => this with { Disabled = true },
        AccountEnabled => this with { Disabled = false },
        PasswordChanged => this,
        _ => this,
    };

    private static List<string> InOrder(IReadOnlyList<string> roles) => [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Holds an e-mail address for one account, so that no two accounts share it whichever hosts they register at.</summary>
internal sealed record EmailClaim : IAggregate<EmailClaim>
{
    /// <inheritdoc />
    public static string StreamType => "email_claim";

    /// <inheritdoc />
    public static EmailClaim Initial { get; } = new();

    internal Guid? Holder { get; private init; }

    internal Decision Claim(Guid accountId) => Holder switch
    {
        null => Decision.Of(new EmailClaimed(accountId)),
        { } holder when holder == accountId => Decision.Nothing,
        _ => new EmailTaken(),
    };

    /// <inheritdoc />
    public EmailClaim Evolve(object @event) => @event is EmailClaimed claimed ? this with { Holder = claimed.AccountId } : this;
}
