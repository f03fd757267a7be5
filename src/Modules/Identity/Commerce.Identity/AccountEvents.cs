namespace Commerce.Identity;

// No event of this module holds a name, an address or a password: they say what happened to an account, and the table of people says whose it is.

/// <summary>A customer opened the account.</summary>
internal sealed record CustomerRegistered;

/// <summary>An account for a member of the staff.</summary>
internal sealed record StaffHired(IReadOnlyList<string> Roles);

/// <summary>The member of the staff has these roles from now on.</summary>
internal sealed record StaffRolesChanged(IReadOnlyList<string> Roles);

/// <summary>The account cannot be used any more.</summary>
internal sealed record AccountDisabled;

/// <summary>The account can be used again.</summary>
internal sealed record AccountEnabled;

/// <summary>The password is another one now.</summary>
internal sealed record PasswordChanged;

/// <summary>An e-mail address belongs to an account. The stream's id stands for the address and tells nothing about it.</summary>
internal sealed record EmailClaimed(Guid AccountId);
