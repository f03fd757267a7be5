using Commerce.Identity.Contracts;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Identity.ReadModels;

/// <summary>A person with an account, as a login needs it.</summary>
internal sealed record Person(Guid AccountId, string PasswordHash, bool Disabled);

/// <summary>Whose an account is.</summary>
internal sealed record PersonCard(Guid AccountId, string Email, string? Name);

/// <summary>
/// Whose the accounts are: the one place of personal data, so that no event holds any. A row is written before its account is registered; until the
/// account is there nobody finds it, and one that stays without an account is swept.
/// </summary>
internal sealed class People(ModuleDatabase<Account> database, TimeProvider time) : ICustomerContacts
{
    internal const string Insert = "INSERT INTO identity.people (account_id, email, name, password_hash, written_at) VALUES (@accountId, @email, @name, @passwordHash, @now)";

    internal const string Delete = "DELETE FROM identity.people WHERE account_id = @accountId";

    internal const string UpdatePassword = "UPDATE identity.people SET password_hash = @passwordHash WHERE account_id = @accountId";

    internal const string SelectByEmail =
        "SELECT p.account_id, p.password_hash, a.disabled FROM identity.people p JOIN identity.accounts a ON a.id = p.account_id WHERE p.email = @email";

    internal const string SelectById =
        "SELECT p.account_id, p.password_hash, a.disabled FROM identity.people p JOIN identity.accounts a ON a.id = p.account_id WHERE p.account_id = @accountId";

    internal const string SelectCards = "SELECT account_id, email, name FROM identity.people WHERE account_id = ANY (@accountIds)";

    internal async Task WriteAsync(Guid accountId, string email, string? name, string passwordHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Insert, new { accountId, email, name, passwordHash, now = time.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken));
    }

    /// <summary>Takes back what <see cref="WriteAsync"/> wrote for an account that was refused.</summary>
    internal async Task ForgetAsync(Guid accountId)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await connection.ExecuteAsync(Delete, new { accountId });
    }

    internal async Task ChangePasswordAsync(Guid accountId, string passwordHash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(UpdatePassword, new { accountId, passwordHash }, cancellationToken: cancellationToken));
    }

    internal async Task<Person?> FindAsync(string email, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<Person>(new CommandDefinition(SelectByEmail, new { email }, cancellationToken: cancellationToken));
    }

    internal async Task<Person?> FindAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Person>(new CommandDefinition(SelectById, new { accountId }, cancellationToken: cancellationToken));
    }

    internal async Task<IReadOnlyDictionary<Guid, PersonCard>> CardsAsync(IReadOnlyCollection<Guid> accountIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var cards = await connection.QueryAsync<PersonCard>(new CommandDefinition(SelectCards, new { accountIds = accountIds.ToArray() }, cancellationToken: cancellationToken));
        return cards.ToDictionary(card => card.AccountId);
    }

    /// <inheritdoc />
    public async ValueTask<IReadOnlyDictionary<Guid, CustomerContact>> ContactsAsync(IReadOnlyCollection<Guid> customerIds, CancellationToken cancellationToken) =>
        (await CardsAsync(customerIds, cancellationToken)).ToDictionary(card => card.Key, card => new CustomerContact(card.Key, card.Value.Email, card.Value.Name));
}
