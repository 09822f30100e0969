// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {AdmissionActs} from "./AdmissionActs.sol";
import {ChannelActs} from "./ChannelActs.sol";
import {KeyNetworkActs} from "./KeyNetworkActs.sol";

/// @dev The clock runs: by chance, and to the very second at which a notice, a delay or a window ends.
abstract contract TimeActs is AdmissionActs, ChannelActs, KeyNetworkActs {
    uint256 private constant DEADLINES = 11;

    // ------------------------------------------------------------------ acts

    function jump(uint256 leap) external act {
        uint256 span = [uint256(1), 1 minutes, 1 hours, 1 days, 3 days, 8 days, 31 days][leap % 7];
        _advance(nowSeconds + 1 + (leap >> 8) % span);
    }

    /// @dev To the second before a deadline, to it, or to the second after.
    function jumpToDeadline(uint256 kind, uint256 which, uint256 side) external act {
        for (uint256 i; i < DEADLINES; ++i) {
            uint256 atSeconds = _deadline((kind % DEADLINES + i) % DEADLINES, which);
            if (atSeconds == FOR_EVER || atSeconds + side % 3 <= nowSeconds + 1) continue;
            _advance(atSeconds + side % 3 - 1);
            return;
        }
    }

    // ------------------------------------------------------------------ model

    function _advance(uint256 toSeconds) private {
        nowSeconds = toSeconds;
        vm.warp(toSeconds);
        _sweep();
        ++taken[msg.sig];
    }

    /// @dev Long past where nothing is pending.
    function _deadline(uint256 kind, uint256 which) private view returns (uint256) {
        (address operator, uint256 workId) = (_node(which), _work(which >> 8));
        if (kind == 0) return feePending.atSeconds + NOTICE;
        if (kind == 1) return marketplaces[which % MARKETPLACES].sinceSeconds;
        if (kind == 2) return marketplaces[which % MARKETPLACES].untilSeconds;
        if (kind == 3) return registry[operator].unbondingSince + UNBONDING_DELAY;
        if (kind == 4) return _dueAt(operator);
        if (kind == 5) return _dueAt(operator) + SLASH_WINDOW;
        if (kind == 6) return slashes[operator].lastAt + SLASH_PERIOD;
        if (kind == 7) return membersAnnouncedAt + ANNOUNCEMENT_DELAY;
        if (kind == 8) return channels[which % CHANNELS].initiatedAt + configs[which % CHANNELS].withdrawDelay;
        if (kind == 9) return spans[workId][operator].untilSeconds;
        return admissions.strandedSinceSeconds(workId) + STRANDED_DELAY;
    }
}
