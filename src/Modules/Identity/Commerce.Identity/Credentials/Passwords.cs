using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Credentials;

/// <summary>What became of a password.</summary>
internal enum PasswordVerdict
{
    /// <summary>Another one.</summary>
    Wrong,

    /// <summary>The one.</summary>
    Right,

    /// <summary>The one, under a hash of fewer rounds than are usual now.</summary>
    RightUnderAnOldHash,
}

/// <summary>
/// Hashes passwords by PBKDF2. A hash is a tenth of a second of one core on purpose, so at most all cores but one work on them: a crowd that logs in waits
/// in line and leaves the shop its processor. It happens before a decision, never inside one.
/// </summary>
internal sealed class Passwords : IDisposable
{
    private readonly PasswordHasher<Passwords> _hasher;
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount - 1));
    private readonly Lazy<string> _nobody;

    public Passwords(IOptions<IdentityOptions> options)
    {
        _hasher = new PasswordHasher<Passwords>(Options.Create(new PasswordHasherOptions { IterationCount = options.Value.PasswordIterations }));
        _nobody = new Lazy<string>(() => _hasher.HashPassword(this, "nobody has this password"));
    }

    internal Task<string> HashAsync(string password, CancellationToken cancellationToken) => WorkAsync(() => _hasher.HashPassword(this, password), cancellationToken);

    /// <summary>Compares; a null hash (there is no such account) takes the same time as a wrong password.</summary>
    internal Task<PasswordVerdict> VerifyAsync(string? hash, string password, CancellationToken cancellationToken) => WorkAsync(
        () => _hasher.VerifyHashedPassword(this, hash ?? _nobody.Value, password) switch
        {
            _ when hash is null => PasswordVerdict.Wrong,
            PasswordVerificationResult.Success => PasswordVerdict.Right,
            PasswordVerificationResult.SuccessRehashNeeded => PasswordVerdict.RightUnderAnOldHash,
            _ => PasswordVerdict.Wrong,
        },
        cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _cores.Dispose();

    private async Task<T> WorkAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(work, cancellationToken);
        }
        finally
        {
            _cores.Release();
        }
    }
}
