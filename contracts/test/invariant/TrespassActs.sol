// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAdmissions} from "../../src/interfaces/IAdmissions.sol";
import {IEditions} from "../../src/interfaces/IEditions.sol";
import {ISplitter} from "../../src/interfaces/ISplitter.sol";
import {IDepositCollector} from "../../src/settlement/IBatchSettlement.sol";
import {Admission} from "../../src/Types.sol";
import {ChannelActs} from "./ChannelActs.sol";
import {OrderActs} from "./OrderActs.sol";

/// @dev What nobody may do at any time, tried by people, strangers and owners.
abstract contract TrespassActs is OrderActs, ChannelActs {
    function trespass(uint256 what, uint256 who, uint256 work, uint256 node) external act {
        what %= 6;
        address caller = who % 2 == 0 ? ownerOf[who / 2 % OWNED] : _person(who);
        (uint256 workId, address operator) = (_work(work), _node(node));
        if (what == 0) {
            _refuse(caller, address(works), abi.encodeCall(IEditions.setTransferValidator, (caller)));
        }
        if (what == 1) {
            address[] memory none = new address[](0);
            bytes memory data = abi.encodeCall(IAdmissions.begin, (workId, caller, Admission.Bonded, none));
            _refuse(caller, address(admissions), data);
        }
        if (what == 2 && splitterAtomic[workId][operator] != 0) {
            address splitter = works.splitterOf(workId, operator);
            // Before the first collection there is no code that could refuse.
            if (splitter.code.length == 0) return;
            _refuse(caller, splitter, abi.encodeCall(ISplitter.sweep, (1)));
        }
        if (what == 3) {
            bytes memory data =
                abi.encodeCall(IDepositCollector.collect, (caller, address(money), 1, bytes32(0), ""));
            _refuse(caller, collector, data);
        }
        if (what == 4) _refuse(caller, address(works), abi.encodeCall(works.cancel, (new uint256[](0))));
        // Nobody is approved for money, nor can the ledger's be taken by allowance.
        if (what == 5) {
            bytes memory data = abi.encodeCall(money.transferFrom, (address(works), caller, 1));
            _refuse(caller, address(money), data);
        }
    }

    function _refuse(address caller, address target, bytes memory data) private {
        _attempt(caller, target, data, false);
    }
}
