namespace Commerce.Identity;

/// <summary>What a client needs to act as an account.</summary>
/// <param name="AccessToken">For <c>Authorization: Bearer …</c>.</param>
/// <param name="ExpiresIn">Seconds that the access token is good for.</param>
/// <param name="RefreshToken">Changed for the next pair at <c>/auth/refresh</c>; good once.</param>
/// <param name="TokenType"><c>Bearer</c>.</param>
internal sealed record TokenResponse(string AccessToken, int ExpiresIn, string RefreshToken, string TokenType = "Bearer");

/// <summary>A member of the staff.</summary>
internal sealed record StaffDetails(Guid Id, string Email, string? Name, IReadOnlyList<string> Roles, bool Disabled, long Version);
