using static Commerce.Identity.Tests.Scenarios;

namespace Commerce.Identity.Tests;

public sealed class AccountTests
{
    [Fact]
    public void A_fresh_account_becomes_a_customers() => Account.Initial.Register().ShouldBe(new CustomerRegistered());

    [Fact]
    public void An_account_is_registered_once() => Customer.Register().ShouldBeRefused<AccountExists>();

    [Fact]
    public void Staff_has_each_role_once_and_in_one_order()
    {
        var hired = Account.Initial.Hire(["support", "catalog", "support"]).Events.ShouldHaveSingleItem().ShouldBeOfType<StaffHired>();
        hired.Roles.ShouldBe(["catalog", "support"]);
        Staff.Hire(["admin"]).ShouldBeRefused<AccountExists>();
    }

    [Fact]
    public void The_same_roles_again_change_nothing()
    {
        Staff.ChangeRoles(["orders"]).ShouldBe();
        Staff.ChangeRoles(["admin"]).Events.ShouldHaveSingleItem().ShouldBeOfType<StaffRolesChanged>().Roles.ShouldBe(["admin"]);
    }

    [Fact]
    public void A_customer_has_no_roles_and_is_not_disabled_by_the_staffs_door()
    {
        Customer.ChangeRoles(["admin"]).ShouldBeRefused<StaffNotFound>();
        Customer.Disable().ShouldBeRefused<StaffNotFound>();
        Customer.Enable().ShouldBeRefused<StaffNotFound>();
        Account.Initial.Disable().ShouldBeRefused<StaffNotFound>();
    }

    [Fact]
    public void A_disabled_account_is_of_no_use_until_it_is_enabled()
    {
        Staff.Disable().ShouldBe(new AccountDisabled());
        var disabled = Staff.After(new AccountDisabled());
        disabled.IsUsable.ShouldBeFalse();
        disabled.Disable().ShouldBe();
        disabled.ChangePassword().ShouldBeRefused<InvalidCredentials>();
        disabled.Enable().ShouldBe(new AccountEnabled());
        disabled.After(new AccountEnabled()).IsUsable.ShouldBeTrue();
        Staff.Enable().ShouldBe();
    }

    [Fact]
    public void Only_an_account_that_is_there_changes_its_password()
    {
        Customer.ChangePassword().ShouldBe(new PasswordChanged());
        Account.Initial.ChangePassword().ShouldBeRefused<InvalidCredentials>();
    }

    [Fact]
    public void An_address_belongs_to_the_first_who_claims_it()
    {
        EmailClaim.Initial.Claim(Kim).ShouldBe(new EmailClaimed(Kim));
        var claimed = EmailClaim.Initial.After(new EmailClaimed(Kim));
        claimed.Claim(Kim).ShouldBe();
        claimed.Claim(Lee).ShouldBeRefused<EmailTaken>();
    }

    [Fact]
    public void Each_role_may_do_what_the_contract_says()
    {
        Roles.ScopesOf(["admin"]).ShouldBe(Scopes.All.Order(StringComparer.Ordinal));
        Roles.ScopesOf(["catalog"]).ShouldBe(["catalog:read", "catalog:write"]);
        Roles.ScopesOf(["inventory"]).ShouldBe(["catalog:read", "inventory:read", "inventory:write"]);
        Roles.ScopesOf(["orders"]).ShouldBe(["catalog:read", "inventory:read", "orders:read", "orders:write"]);
        Roles.ScopesOf(["support"]).ShouldBe(["catalog:read", "inventory:read", "orders:read"]);
        Roles.ScopesOf(["support", "catalog", "unheard-of"]).ShouldBe(["catalog:read", "catalog:write", "inventory:read", "orders:read"]);
    }
}
