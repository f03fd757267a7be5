using Commerce.EventStore;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator gives a member of the staff an account.

internal sealed record HireStaffRequest(string Email, string Password, IReadOnlyList<string> Roles, string? Name = null);

internal sealed record HireStaff(Caller Caller, string Email, string Password, IReadOnlyList<string> Roles, string? Name) : IRequest<Outcome<StaffDetails>>;

internal sealed class HireStaffValidator : AbstractValidator<HireStaff>
{
    public HireStaffValidator()
    {
        RuleFor(command => command.Email).Email();
        RuleFor(command => command.Password).Password();
        RuleFor(command => command.Roles).StaffRoles();
        RuleFor(command => command.Name).PersonName();
    }
}

internal sealed class HireStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/staff", (HireStaffRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new HireStaff(dispatcher.Caller, body.Email, body.Password, body.Roles, body.Name),
                Respond.Created<StaffDetails>(staff => $"/api/v1/staff/{staff.Id}", staff => staff.Version),
                cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .WithoutIdempotencyRecord()
        .Returns<StaffDetails>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, ScopeNotHeld, EmailTaken, StoreOverloaded>()
        .WithSummary("Give a member of the staff an account");
}

internal sealed class HireStaffHandler(EventSession events, IdentitySecrets secrets, Passwords passwords, People people) : IRequestHandler<HireStaff, Outcome<StaffDetails>>
{
    public async Task<Outcome<StaffDetails>> Handle(HireStaff command, CancellationToken cancellationToken)
    {
        if (Grants.Missing(command.Caller, Roles.ScopesOf(command.Roles)) is { } missing)
        {
            return missing;
        }

        var id = Identifiers.Next();
        var email = EmailAddress.Normalize(command.Email);
        var claimId = (await secrets.GetAsync(cancellationToken)).ClaimOf(email);
        await people.WriteAsync(id, email, command.Name, await passwords.HashAsync(command.Password, cancellationToken), cancellationToken);
        var hired = await events.DecideAsync<StaffDetails>(
            touches => touches.Stream<EmailClaim>(claimId).Stream<Account>(id),
            scope => scope.Stream<EmailClaim>(claimId).Apply(claim => claim.Claim(id))
                .Then(_ => scope.Stream<Account>(id).Apply(account => account.Hire(command.Roles)))
                .Map(account => new StaffDetails(id, email, command.Name, account.Roles, account.Disabled, scope.Stream<Account>(id).Version)),
            cancellationToken);
        if (!hired.IsSuccess)
        {
            await people.ForgetAsync(id);
        }

        return hired;
    }
}
