namespace Prestage.Simulators.JumpCloud;

/// <summary>Every API route that the simulator has, and where a system may sign for itself (S: own id, M: own membership).</summary>
internal static class ApiRoutes
{
    public static void MapApi(this WebApplication app, ApiEdge edge, Credentials credentials)
    {
        void Map(string method, string path, Func<ApiCall, Answer> handle, SignedUse use = SignedUse.None)
        {
            var work = edge.Admitted(use, handle);
            app.MapMethods(path, [method], context => edge.RunAsync(context, work));
        }

        Map("POST", "/api/search/systemusers", UsersApi.SearchUsers);
        Map("GET", "/api/systemusers", UsersApi.List);
        Map("GET", "/api/systemusers/{id}", UsersApi.Get);
        Map("PUT", "/api/systemusers/{id}", UserUpdate.Put);
        Map("POST", "/api/systemusers/{id}/state/activate", UsersApi.Activate);
        Map("POST", "/api/systemusers/{id}/unlock", UsersApi.Unlock);
        Map("POST", "/api/systemusers/{id}/expire", UsersApi.Expire);

        Map("GET", "/api/organizations", OrganizationApi.List);
        Map("GET", "/api/organizations/{orgId}", OrganizationApi.Get);
        Map("GET", "/api/v2/passwordpolicies/user/{id}", OrganizationApi.PolicyOfUser);

        Map("POST", "/api/search/systems", SystemsApi.SearchSystems);
        Map("GET", "/api/systems", SystemsApi.List);
        Map("GET", "/api/systems/{id}", SystemsApi.Get, SignedUse.OwnSystem);
        Map("PUT", "/api/systems/{id}", SystemsApi.Put, SignedUse.OwnSystem);
        Map("DELETE", "/api/systems/{id}", SystemsApi.Delete, SignedUse.OwnSystem);

        Map("GET", "/api/v2/systems/{id}/associations", BindingsApi.List, SignedUse.OwnSystem);
        Map("POST", "/api/v2/systems/{id}/associations", BindingsApi.ChangeOfSystem, SignedUse.OwnSystem);
        Map("GET", "/api/v2/systems/{id}/users", BindingsApi.Users, SignedUse.OwnSystem);
        Map("GET", "/api/v2/users/{id}/associations", BindingsApi.ListOfUser);
        Map("POST", "/api/v2/users/{id}/associations", BindingsApi.ChangeOfUser);
        Map("GET", "/api/v2/systems/{id}/memberof", GroupsApi.MemberOf, SignedUse.OwnSystem);
        Map("GET", "/api/v2/systemgroups/{id}", GroupsApi.Get);
        Map("GET", "/api/v2/systemgroups/{id}/members", GroupsApi.Members);
        Map("POST", "/api/v2/systemgroups/{id}/members", GroupsApi.Change, SignedUse.OwnMembership);
        Map("GET", "/api/v2/systemgroups/{id}/membership", GroupsApi.Membership);

        app.MapPost("/oauth2/token", context => edge.RunAsync(context, credentials.TokenAsync));

        // Below everything else, and without a method: a known path with another method is unknown too.
        app.Map("/{**path}", context => edge.RunAsync(context, null)).WithOrder(int.MaxValue);
    }
}
