import { MailPlus } from 'lucide-react'
import { useCallback } from 'react'
import type { Invitation, InvitationState } from '../../matrix/administration.ts'
import { explain } from '../../models/failure.ts'
import { tell } from '../../models/notices.ts'
import { words } from '../../words/index.ts'
import { InvitePersonDialog } from '../dialogs/invite-person.tsx'
import { useDialogs } from '../parts/dialog.tsx'
import { Icon } from '../parts/icon.tsx'
import { Notice } from '../parts/notice.tsx'
import { useLoaded } from '../parts/use-loaded.ts'
import { useOffice } from '../staff/office-context.ts'

const tones: Record<InvitationState, string> = {
  open: 'chip wait',
  used: 'chip act',
  expired: 'chip',
  withdrawn: 'chip halt',
}

/** Links that open an account, and what became of them. */
export function Invitations() {
  const { administration } = useOffice()
  const dialogs = useDialogs()
  const load = useCallback(() => administration.invitations(), [administration])
  const { data: invitations, failure, reload } = useLoaded(load)
  async function withdraw(invitation: Invitation): Promise<void> {
    try {
      await administration.withdraw(invitation.invitationId)
      tell(words.admin.withdrawn)
      reload()
    } catch (error) {
      tell(explain(error), 'halt')
    }
  }
  return (
    <main className="page" id="sheet" tabIndex={-1}>
      <header className="page-head">
        <div>
          <h1>{words.admin.invitations}</h1>
          <p className="small quiet">{words.admin.invitationsAbout}</p>
        </div>
        <button type="button" className="btn act" onClick={() => dialogs.show(<InvitePersonDialog onMade={reload} />)}>
          {words.admin.invite}
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className="scroll" tabIndex={0} role="group" aria-label={words.admin.invitations}>
        {failure && (
          <div className="pad">
            <Notice tone="halt">{failure}</Notice>
          </div>
        )}
        {invitations?.length === 0 && (
          <div className="pad">
            <div className="empty">
              <Icon of={MailPlus} size="xl" />
              <h2>{words.admin.noInvitations}</h2>
              <p className="quiet">{words.admin.noInvitationsText}</p>
            </div>
          </div>
        )}
        {invitations && invitations.length > 0 && <Table invitations={invitations} onWithdraw={withdraw} />}
      </div>
    </main>
  )
}

type TableProps = { invitations: readonly Invitation[]; onWithdraw(invitation: Invitation): void }

function Table({ invitations, onWithdraw }: TableProps) {
  const { columns } = words.admin
  const { client } = useOffice()
  return (
    <table className="grid">
      <caption className="sr">{words.admin.invitations}</caption>
      <thead>
        <tr>
          <th scope="col">{columns.name}</th>
          <th scope="col">{columns.state}</th>
          <th scope="col" className="wide-only">
            {columns.by}
          </th>
          <th scope="col" className="wide-only">
            {columns.until}
          </th>
          <th scope="col">{columns.acts}</th>
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <tr key={invitation.invitationId}>
            <th scope="row">
              <span className="strong">{invitation.name || words.admin.someone}</span>
              {invitation.note && <div className="small quiet">{invitation.note}</div>}
            </th>
            <td>
              <span className={tones[invitation.state]}>{words.admin.states[invitation.state]}</span>
            </td>
            <td className="wide-only">{client.getUser(invitation.invitedBy)?.displayName ?? invitation.invitedBy}</td>
            <td className="wide-only">{words.date(invitation.expiresAt)}</td>
            <td>
              {invitation.state === 'open' && (
                <button
                  type="button"
                  className="btn little"
                  aria-label={words.admin.withdrawOf(invitation.name || words.admin.someone)}
                  onClick={() => onWithdraw(invitation)}
                >
                  {words.admin.withdraw}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
