using System.Security.Claims;
using Commerce.EventStore;
using Commerce.Identity.Authentication;
using Commerce.Identity.Credentials;
using Commerce.Web;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Tests;

public sealed class CredentialTests
{
    [Theory]
    [InlineData("kim@example.com", true)]
    [InlineData(" Kim@Example.com ", true)]
    [InlineData("kim+shop@mail.example.co.kr", true)]
    [InlineData("김@예시.한국", true)]
    [InlineData("kim", false)]
    [InlineData("kim@", false)]
    [InlineData("@example.com", false)]
    [InlineData("kim@example", false)]
    [InlineData("kim@exa mple.com", false)]
    [InlineData("kim@@example.com", false)]
    [InlineData("kim@example..com", false)]
    [InlineData("kim@.example.com", false)]
    [InlineData("kim@example.com.", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_address_has_the_shape_of_one(string? text, bool expected) => EmailAddress.IsAddress(text).ShouldBe(expected);

    [Fact]
    public void An_address_longer_than_mail_servers_carry_is_none() => EmailAddress.IsAddress(new string('k', 250) + "@example.com").ShouldBeFalse();

    [Fact]
    public async Task A_password_opens_its_own_hash_alone()
    {
        using var passwords = Passwords(1000);
        var hash = await passwords.HashAsync("correct horse", CancellationToken.None);

        hash.ShouldNotContain("correct");
        (await passwords.VerifyAsync(hash, "correct horse", CancellationToken.None)).ShouldBe(PasswordVerdict.Right);
        (await passwords.VerifyAsync(hash, "correct horsf", CancellationToken.None)).ShouldBe(PasswordVerdict.Wrong);
        (await passwords.VerifyAsync(null, "correct horse", CancellationToken.None)).ShouldBe(PasswordVerdict.Wrong);
        (await passwords.VerifyAsync(null, "nobody has this password", CancellationToken.None)).ShouldBe(PasswordVerdict.Wrong);
    }

    [Fact]
    public async Task A_hash_of_fewer_rounds_asks_to_be_renewed()
    {
        using var before = Passwords(1000);
        using var now = Passwords(2000);
        var hash = await before.HashAsync("correct horse", CancellationToken.None);
        (await now.VerifyAsync(hash, "correct horse", CancellationToken.None)).ShouldBe(PasswordVerdict.RightUnderAnOldHash);
    }

    [Fact]
    public void A_key_is_read_back_and_its_secret_opens_its_hash_alone()
    {
        var id = Identifiers.Next();
        var (text, hash) = ApiKeyText.Draw(id);

        ApiKeyText.TryRead(text, out var read, out var secret).ShouldBeTrue();
        read.ShouldBe(id);
        ApiKeyText.Opens(secret, hash).ShouldBeTrue();
        ApiKeyText.Opens(secret + "x", hash).ShouldBeFalse();
        hash.ShouldNotContain(secret);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ck_")]
    [InlineData("ck_00000000000000000000000000000000")]
    [InlineData("ck_00000000000000000000000000000000_")]
    [InlineData("ck_0000000000000000000000000000000g_secret")]
    [InlineData("xx_00000000000000000000000000000000_secret")]
    public void Anything_else_is_no_key(string text) => ApiKeyText.TryRead(text, out _, out _).ShouldBeFalse();

    [Fact]
    public void The_stream_of_an_address_tells_nothing_without_the_key()
    {
        var (one, other) = (new IdentityKeys([1], [2]), new IdentityKeys([1], [3]));
        one.ClaimOf("kim@example.com").ShouldBe(new IdentityKeys([9], [2]).ClaimOf("kim@example.com"));
        one.ClaimOf("kim@example.com").ShouldNotBe(other.ClaimOf("kim@example.com"));
        one.ClaimOf("kim@example.com").ShouldNotBe(one.ClaimOf("lee@example.com"));
    }

    [Fact]
    public void A_subject_of_another_issuer_is_the_same_caller_every_time()
    {
        var kim = Caller.From(ExternalTokens.CallerOf(Token("https://id.example.com", "kim"), "roles"));
        kim.Kind.ShouldBe(CallerKind.Customer);
        kim.Scopes.ShouldBeEmpty();
        kim.Id.ShouldBe(Caller.From(ExternalTokens.CallerOf(Token("https://id.example.com", "kim"), "roles")).Id);
        kim.Id.ShouldNotBe(Caller.From(ExternalTokens.CallerOf(Token("https://other.example.com", "kim"), "roles")).Id);

        var staff = Caller.From(ExternalTokens.CallerOf(Token("https://id.example.com", "lee", new Claim("roles", "support janitor")), "roles"));
        staff.Kind.ShouldBe(CallerKind.Staff);
        staff.Has("orders:read").ShouldBeTrue();
        staff.Has("orders:write").ShouldBeFalse();

        ExternalTokens.CallerOf(new ClaimsPrincipal(new ClaimsIdentity([], "test")), "roles").ShouldBeNull();
    }

    private static ClaimsPrincipal Token(string issuer, string subject, params Claim[] more) =>
        new(new ClaimsIdentity([new Claim("sub", subject, null, issuer), .. more], "test"));

    private static Passwords Passwords(int iterations) => new(Options.Create(new IdentityOptions { PasswordIterations = iterations }));
}
