import type { Access } from '#access/api.ts'
import type { Route, ShownSettings } from '#platform/api.ts'
import type { AccountKeeper } from '../accounts/accounts.ts'
import type { Invitations } from '../accounts/invitations.ts'
import type { Moderation } from '../accounts/moderation.ts'
import type { People } from '../accounts/people.ts'
import type { Registration } from '../accounts/registration.ts'
import type { RegistrationTokens } from '../accounts/registration-tokens.ts'
import type { SetupKeeper } from '../accounts/setup.ts'
import type { SharedSecret } from '../accounts/shared-secret.ts'
import type { Presence } from '../api.ts'
import type { ApiTokens } from '../programs/api-tokens.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { SignIn } from '../sign-in/sign-in.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { type AuthFallbackDeps, authFallback } from './auth-fallback.ts'
import { type ChangePasswordDeps, changePassword } from './change-password.ts'
import { checkSetupLink } from './check-setup-link.ts'
import { type AvailabilityDeps, checkUsernameAvailability } from './check-username-availability.ts'
import { completeSetup } from './complete-setup.ts'
import { createApiToken } from './create-api-token.ts'
import { createInvitation } from './create-invitation.ts'
import { createPersonLoginToken } from './create-person-login-token.ts'
import { createRegistrationToken } from './create-registration-token.ts'
import { deactivateAccount } from './deactivate-account.ts'
import { deactivatePerson } from './deactivate-person.ts'
import { deleteDevice } from './delete-device.ts'
import { deleteDevices } from './delete-devices.ts'
import { endPersonDevice } from './end-person-device.ts'
import { type GenerateLoginTokenDeps, generateLoginToken } from './generate-login-token.ts'
import { getAccount3pids } from './get-account-3pids.ts'
import { getAdminLockUser } from './get-admin-lock-user.ts'
import { getAdminSuspendUser } from './get-admin-suspend-user.ts'
import { getDevice } from './get-device.ts'
import { getDevices } from './get-devices.ts'
import { getInstallation, type InstallationDeps } from './get-installation.ts'
import { getInvitation } from './get-invitation.ts'
import { getLoginFlows } from './get-login-flows.ts'
import { getMe } from './get-me.ts'
import { getOpenIdUserInfo } from './get-open-id-user-info.ts'
import { getSettings } from './get-settings.ts'
import { getTokenOwner } from './get-token-owner.ts'
import { getWellknownSupport, type SupportSettings } from './get-wellknown-support.ts'
import { getWhoIs } from './get-who-is.ts'
import { listApiTokens } from './list-api-tokens.ts'
import { listInvitations } from './list-invitations.ts'
import { listPeople } from './list-people.ts'
import { listPersonDevices } from './list-person-devices.ts'
import { listRegistrationTokens } from './list-registration-tokens.ts'
import { login } from './login.ts'
import { logout } from './logout.ts'
import { logoutAll } from './logout-all.ts'
import { refresh } from './refresh.ts'
import { register } from './register.ts'
import { registrationTokenValidity, type TokenValidityDeps } from './registration-token-validity.ts'
import { type OpenIdDeps, requestOpenIdToken } from './request-open-id-token.ts'
import { resetPersonPassword } from './reset-person-password.ts'
import { revokeApiToken } from './revoke-api-token.ts'
import { setAdminLockUser } from './set-admin-lock-user.ts'
import { setAdminSuspendUser } from './set-admin-suspend-user.ts'
import { sharedSecretNonce } from './shared-secret-nonce.ts'
import { sharedSecretRegister } from './shared-secret-register.ts'
import { thirdPartyIds } from './third-party-ids.ts'
import { updateDevice } from './update-device.ts'
import { withdrawInvitation } from './withdraw-invitation.ts'
import { withdrawRegistrationToken } from './withdraw-registration-token.ts'

export type RouteDeps = ChangePasswordDeps &
  AvailabilityDeps &
  InstallationDeps &
  GenerateLoginTokenDeps &
  AuthFallbackDeps &
  OpenIdDeps &
  TokenValidityDeps & {
    readonly support: SupportSettings
    readonly shown: ShownSettings
    readonly signIn: SignIn
    readonly sessions: Sessions
    readonly presence: Presence
    readonly accounts: AccountKeeper
    readonly setup: SetupKeeper
    readonly invitations: Invitations
    readonly people: People
    readonly moderation: Moderation
    readonly registration: Registration
    readonly registrationTokens: RegistrationTokens
    readonly apiTokens: ApiTokens
    readonly access: Pick<Access, 'require'>
    readonly publicUrl: string
    /** Without one the endpoints for it do not exist. */
    readonly sharedSecret: SharedSecret | undefined
  }

/** Every endpoint of this folder. */
export function identityRoutes(deps: RouteDeps): Route[] {
  const devices = deps.sessions
  const matrix = [
    getLoginFlows(),
    login(deps),
    refresh(deps),
    generateLoginToken(deps),
    logout(deps),
    logoutAll(deps),
    getTokenOwner(),
    getDevices({ devices }),
    getDevice({ devices }),
    updateDevice(deps),
    deleteDevice(deps),
    deleteDevices(deps),
    changePassword(deps),
    deactivateAccount(deps),
    register(deps),
    ...authFallback(deps),
    ...thirdPartyIds(),
    requestOpenIdToken(deps),
    getOpenIdUserInfo(deps),
    getWellknownSupport(deps),
    registrationTokenValidity(deps),
    checkUsernameAvailability(deps),
    getAccount3pids(),
    getWhoIs({ ...deps, devices }),
    getAdminLockUser(deps),
    setAdminLockUser(deps),
    getAdminSuspendUser(deps),
    setAdminSuspendUser(deps),
  ]
  const own = [
    getInstallation(deps),
    checkSetupLink(deps),
    completeSetup(deps),
    createInvitation(deps),
    listInvitations(deps),
    withdrawInvitation(deps),
    getInvitation(deps),
    acceptInvitation(deps),
    listPeople(deps),
    listPersonDevices({ ...deps, devices }),
    endPersonDevice(deps),
    resetPersonPassword(deps),
    deactivatePerson(deps),
    createPersonLoginToken(deps),
    getMe(),
    getSettings(deps),
    createRegistrationToken(deps),
    listRegistrationTokens(deps),
    withdrawRegistrationToken(deps),
    createApiToken(deps),
    listApiTokens(deps),
    revokeApiToken(deps),
  ]
  const { sharedSecret } = deps
  if (sharedSecret === undefined) return [...matrix, ...own]
  return [...matrix, ...own, sharedSecretNonce({ sharedSecret }), sharedSecretRegister({ sharedSecret })]
}
