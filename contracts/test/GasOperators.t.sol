// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {GasStage} from "./GasStage.sol";

/// @dev What an operator's acts cost, and those of the owner of the registry.
/// forge-config: default.isolate = true
/// forge-config: tests.isolate = true
contract GasOperatorsTest is GasStage {
    function snapshotGroup() internal pure override returns (string memory) {
        return "operators";
    }

    function test_register() public {
        fund(stranger);
        register(stranger, "other", MIN_BOND);
        measured("register with a bond");
        register(makeAddr("bare"), "bare", 0);
        measured("register without a bond");
    }

    function test_change() public {
        vm.startPrank(node);
        operators.update("https://moved.example", makeAddr("payment key"), prices());
        measured("update");
        operators.rotateSessionKey("new");
        measured("rotate the session key");
        operators.addBond(MIN_BOND);
        measured("add to the bond");
        vm.stopPrank();
    }

    function test_unbond() public {
        vm.startPrank(node);
        operators.beginUnbonding();
        measured("begin unbonding");
        operators.cancelUnbonding();
        measured("cancel unbonding");
        operators.beginUnbonding();
        vm.warp(timeNow() + operators.UNBONDING_DELAY());
        operators.withdrawBond(node);
        measured("withdraw the bond");
        vm.stopPrank();
    }

    function test_slash() public {
        vm.prank(governor);
        operators.announceSlash(node, 1, "reason");
        measured("announce a slash");
        vm.prank(node);
        operators.answerSlash("answer");
        measured("answer a slash");
        vm.warp(operators.slashOf(node).dueAtSeconds);
        vm.prank(governor);
        operators.executeSlash(node);
        measured("execute a slash");
        vm.warp(timeNow() + operators.SLASH_PERIOD());
        vm.startPrank(governor);
        operators.announceSlash(node, 1, "reason");
        operators.withdrawSlash(node);
        measured("withdraw a slash");
        vm.stopPrank();
    }
}
